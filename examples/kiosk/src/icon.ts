const shapes = {
  change: ['M14 42l-4 12 12-4 30-30-8-8z', 'M38 18l8 8'],
  delete: ['M12 18h40', 'M26 18v-7h12v7', 'M17 18l3 35h24l3-35', 'M27 28v15', 'M37 28v15'],
  again: ['M53 18v14H39', 'M52 31a21 21 0 1 0 1 12'],
  person: ['M32 35a12 12 0 1 0 0-24 12 12 0 0 0 0 24z', 'M10 57c2-11 11-17 22-17s20 6 22 17'],
} as const

/** A drawing in lines, which says nothing to screen readers. */
export function createIcon(name: keyof typeof shapes, className: string): SVGSVGElement {
  const namespace = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(namespace, 'svg')
  svg.setAttribute('viewBox', '0 0 64 64')
  svg.setAttribute('aria-hidden', 'true')
  svg.classList.add(className)
  for (const d of shapes[name]) {
    const path = document.createElementNS(namespace, 'path')
    path.setAttribute('d', d)
    svg.append(path)
  }
  return svg
}
