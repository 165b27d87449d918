/** JPEG files with what phones, apps and bad transfers do to them, made from a whole one. */

type Bytes = Uint8Array<ArrayBuffer>

/** Where the first segment with this marker begins. */
function find(jpeg: Bytes, marker: number): number {
  let at = 2
  while (jpeg[at + 1] !== marker) at += 2 + (((jpeg[at + 2] as number) << 8) | (jpeg[at + 3] as number))
  return at
}

function join(...parts: (Uint8Array | readonly number[])[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function insert(jpeg: Bytes, at: number, ...parts: (Uint8Array | readonly number[])[]): Bytes {
  return join(jpeg.subarray(0, at), ...parts, jpeg.subarray(at))
}

function segment(marker: number, data: Uint8Array | readonly number[]): Bytes {
  return join([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255], data)
}

const text = (value: string): number[] => Array.from(value, (character) => character.charCodeAt(0))

/** Everything that viewers read without a word. */
export const oddJpegs: Readonly<Record<string, (jpeg: Bytes) => Bytes>> = {
  'wrong scan parameters': (jpeg) => {
    const odd = jpeg.slice()
    const parameters = find(odd, 0xda) + 5 + (odd[find(odd, 0xda) + 4] as number) * 2
    // Of a progressive file's scans they are not the same.
    if (odd[parameters + 1] === 63) odd.set([0, 0, 0], parameters)
    return odd
  },
  'stray bytes between segments': (jpeg) => insert(jpeg, find(jpeg, 0xda), [1, 2, 3, 0, 0]),
  'stray zeros after the first marker': (jpeg) => insert(jpeg, 2, [0, 0, 0]),
  'fill bytes before a marker': (jpeg) => insert(jpeg, find(jpeg, 0xdb), [255, 255, 255]),
  'no end mark': (jpeg) => jpeg.slice(0, -2),
  'half an end mark': (jpeg) => jpeg.slice(0, -1),
  'padding before its end mark': (jpeg) => insert(jpeg, jpeg.length - 2, new Uint8Array(9)),
  'a film appended': (jpeg) => join(jpeg, text('\0\0\0\x18ftypmp42'), new Uint8Array(5000).fill(0xff)),
  'a second picture appended': (jpeg) => join(jpeg, jpeg),
  'a thumbnail in its metadata': (jpeg) => insert(jpeg, 2, segment(0xe1, join(text('Exif\0\0'), jpeg.slice(0, 9000)))),
  'a list of pictures (MPO)': (jpeg) => insert(jpeg, 2, segment(0xe2, text('MPF\0II*\0'))),
  'an unknown revision of JFIF': (jpeg) => {
    const odd = jpeg.slice()
    if (odd[3] === 0xe0) odd[find(odd, 0xe0) + 9] = 7
    return odd
  },
  'an unknown color code of Adobe': (jpeg) =>
    insert(jpeg, find(jpeg, 0xdb), segment(0xee, [...text('Adobe'), 0, 100, 0, 0, 0, 0, 9])),
  'an empty comment and an unknown segment': (jpeg) => insert(jpeg, 2, segment(0xfe, []), segment(0xef, text('hello'))),
}

/** A file that broke off at a share of its scan, and one that was given an end mark all the same. */
export function brokenOff(jpeg: Bytes, share: number, mark: boolean): Bytes {
  const scan = find(jpeg, 0xda)
  const part = jpeg.slice(0, scan + Math.floor((jpeg.length - scan) * share))
  return mark ? join(part, [0xff, 0xd9]) : part
}

/** A progressive file whose last scan stands there over and over. */
export function manyScans(jpeg: Bytes, count: number): Bytes {
  let [last, at] = [0, 2]
  for (; at < jpeg.length - 2; at++) if (jpeg[at] === 0xff && jpeg[at + 1] === 0xda) last = at
  return join(jpeg.subarray(0, -2), ...Array.from({ length: count }, () => jpeg.slice(last, -2)), [0xff, 0xd9])
}
