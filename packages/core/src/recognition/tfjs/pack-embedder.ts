import type { EmbeddingPlan, ModelPack } from '@visavis/models'
import type { Pixels } from '../../image/pixels.ts'
import type { Embedder } from './embedder.ts'

/** Makes the templates of a model of one or more networks, see {@link ModelPack}. */
export class PackEmbedder {
  readonly #pack: ModelPack
  readonly #embedders: readonly Embedder[]

  /** @param embedders Of the pack's networks, in their order; disposed with it. */
  constructor(pack: ModelPack, embedders: readonly Embedder[]) {
    this.#pack = pack
    this.#embedders = embedders
  }

  /** The template of the face that the landmarks lie on. @throws VisavisError as {@link Embedder.embed} does. */
  embed(pixels: Pixels, landmarks: Float32Array, { mirror, networks }: EmbeddingPlan): Float32Array {
    const template = new Float32Array(this.#pack.dimensions)
    const runs = this.#pack.networks.map((_, place) => networks?.includes(place) ?? true)
    const sum = this.#pack.networks.reduce((all, { weight }, place) => all + (runs[place] === true ? weight : 0), 0)
    let at = 0
    for (const [place, { network, weight }] of this.#pack.networks.entries()) {
      const part = template.subarray(at, at + network.dimensions)
      at += network.dimensions
      if (runs[place] !== true) continue
      this.#embedders[place]?.embed(part, pixels, landmarks, mirror)
      const gain = Math.sqrt(weight / sum)
      for (const [i, value] of part.entries()) part[i] = value * gain
    }
    return template
  }

  dispose(): void {
    for (const embedder of this.#embedders) embedder.dispose()
  }
}
