import { unsupported } from './convert-error.ts'
import { samePadding, type Padding, type Shape } from './network.ts'
import { integersOf, type OnnxNode } from './onnx-file.ts'

interface Window {
  readonly size: readonly [height: number, width: number]
  readonly strides: readonly [down: number, across: number]
  readonly dilations: readonly [down: number, across: number]
  readonly padding: Padding
}

/**
 * How a convolution or a pooling moves over a picture.
 *
 * @param filter Its height and width.
 * @param shape Of the picture, channels last.
 * @throws ConvertError where it does what is not supported
 */
export function windowOf({ attributes }: OnnxNode, filter: readonly number[], shape: Shape, name: string): Window {
  const pair = (key: string): readonly [number, number] => {
    const [down = 1, across = 1] = integersOf(attributes.get(key))
    return [down, across]
  }
  const strides = pair('strides')
  const dilations = pair('dilations')
  const [height = 1, width = 1] = filter
  const [, rows = 1, columns = 1] = shape
  const [top = 0, left = 0, bottom = 0, right = 0] = integersOf(attributes.get('pads'))
  const automatic = attributes.get('auto_pad')?.text ?? 'NOTSET'
  if (attributes.get('ceil_mode')?.number === 1) throw unsupported('ceil_mode', name)
  if (automatic === 'SAME_LOWER') throw unsupported('auto_pad SAME_LOWER', name)
  const same = samePadding([rows, columns], [height, width], strides, dilations)
  return {
    size: [height, width],
    strides,
    dilations,
    padding: automatic === 'SAME_UPPER' ? same : [top, bottom, left, right],
  }
}
