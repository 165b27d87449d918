import { inspectImageFile, VisavisError } from '@visavis/core'
import { fromImageText, isImageUrl } from '@visavis/wire'
import type { BodyLease } from './body-budget.ts'
import { Refusal } from './refusal.ts'
import type { ImageHost, ServerLimits } from './server-options.ts'

export interface ImageSource {
  readonly hosts: readonly ImageHost[]
  readonly limits: ServerLimits
  /** What is fetched counts as if it had come in the body. */
  readonly lease: BodyLease
  readonly signal: AbortSignal
}

/**
 * The picture files behind texts of a request, none of them decoded, none with more pixels than allowed.
 *
 * @throws VisavisError `invalid_image`; Refusal 412 where an address is not one of an allowed host.
 */
export async function readImages(texts: readonly string[], source: ImageSource): Promise<Uint8Array[]> {
  const images: Uint8Array[] = []
  for (const text of texts) {
    const bytes = isImageUrl(text) ? await fetchFrom(text.trim(), source) : fromImageText(text)
    const { width, height } = inspectImageFile(bytes)
    const { pixels } = source.limits
    if (width * height > pixels) {
      throw new VisavisError(
        'invalid_image',
        `The image has ${width}x${height} pixels, more than the ${pixels} that this server takes; scale it down.`,
      )
    }
    images.push(bytes)
  }
  return images
}

async function fetchFrom(address: string, { hosts, limits, lease, signal }: ImageSource): Promise<Uint8Array> {
  if (hosts.length === 0) throw new Refusal(412, 'insecure_image_url', 'PreconditionFailed')
  // Loaded where it is used: it is the only part that opens connections.
  const { fetchImage } = await import('./image-fetcher.ts')
  const { bodyBytes: bytes, imageFetchMilliseconds: patience } = limits
  const image = await fetchImage(address, hosts, { bytes, patience }, signal)
  lease.grow(image.byteLength)
  return image
}
