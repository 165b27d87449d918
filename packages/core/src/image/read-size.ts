/** The most pixels a picture is read with; a larger one is scaled down while it is decoded. 48 MB in RGB. */
export const mostReadPixels = 16_000_000

/** How large a picture is read. */
export function readSize(width: number, height: number): { width: number; height: number } {
  const scale = Math.max(1, Math.sqrt((width * height) / mostReadPixels))
  const side = (length: number): number => Math.max(1, Math.floor(length / scale))
  return scale === 1 ? { width, height } : { width: side(width), height: side(height) }
}
