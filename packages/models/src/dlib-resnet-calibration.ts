import type { Calibration } from './manifest.ts'

/**
 * Cosine similarities and the false-match rates measured at them. Written by `pnpm calibrate --write`.
 *
 * Fitted on 1,404 people, half of those in lfw-crops: the ones whose name's SHA-256 begins with an even byte.
 * 13,598,478 comparisons of different people, every ordered pair of people weighing the same.
 * Measured down to a rate of 10^-4; beyond it, a straight line through the last measured decade.
 * Look-alikes: of 21 people, half of those in imfdb-crops, each center a mean over several of them.
 * `pnpm bench accuracy` measures the rates on the other half.
 */
export const dlibResnetCalibration: Calibration = {
  fast: [
    [0.72431, 0],
    [0.85872, -0.5],
    [0.8824, -1],
    [0.89814, -1.5],
    [0.9101, -2],
    [0.91995, -2.5],
    [0.92841, -3],
    [0.93606, -3.5],
    [0.94276, -4],
    [0.95711, -5],
    [0.97147, -6],
    [0.98582, -7],
  ],
  accurate: [
    [0.72655, 0],
    [0.8605, -0.5],
    [0.88409, -1],
    [0.89971, -1.5],
    [0.91157, -2],
    [0.92137, -2.5],
    [0.92985, -3],
    [0.9372, -3.5],
    [0.94366, -4],
    [0.95748, -5],
    [0.97129, -6],
    [0.98511, -7],
  ],
  views: {
    decades: [
      [0, 0.33, 0.431],
      [0.345, 0.652, 0.75],
      [0.458, 0.759, 0.862],
    ],
    distinct: 0.992,
  },
  lookAlikes: {
    centers:
      '3B8Z4+P57tU21DzxtvXsOMrC8fYGAQMgypHp5P3p/BK8AwUo+uYwCaryE1ZF/wbmK6wHLxwTDs0KI8EFEen66E0n0NpCyPkW2sGpAX810hbnBAEs7xnuDEH8BVD1AQsN1gDT9vr0CyPBNf39AQju6CyxNDMPMRoXAfDU8hTjEgThGBbZ6ffu1jnJLf7EBecty8Lw+Qb/Ch/Nn+HuCOwDCLQGBSj53jcJtPAQT0L/B+MrrBQqEBUL0xkmwAoT7/34USrV0UjE/hHgybcDfzzeJOT8BDDrG/MVRQf6S/j7EgjRAM32+wIGMMs78/IABufiIrgyKRUuHhkU/ND0E+QdBeAaF+zm+vPVMdUw97oH8y7Jzen7+woPFNqZ5egN9vUHv/wOIfbuOwG38xhMPQwF4SK0ECoVFg/LDCPKCRT5//pQH9jYP8f7D97Lsfl/J9oV6vYJI+YR8AtF/QNA/fwSEdr4x/X89QUtwDP88AMJ6eYsuDMyBiwRGAQEz+oS6RQJ4x8Y9+UC7+Av3Tf9vPv3LMzR5/T/EwQM2J7m6RPq8QfG+woY9+86Db/8C1U6BgPjJLgQNCAbC8wIJckPFPX+9UId3800z/MW3MmvCX8szw3p8g8b4QntDEP+AEADAw8K4wLU+f7pCSjEOQP2AQrh7zO0OjQPKxYd/P/T7RPrDgrdHRTd2/ry1D3SL+yyDN0nzszy7gcMBBvfnurwBukEFLr+BCz13zQBvO0QTzn+ANstsgk0Eg0TzQ0lyQYY6/vkRB7g1ErK/CDjycADfzLpG+j3ASTsFOsYQf79R/j8DgzSB8/3B/AGJckt8/T+8+71NLExIA40ERgM69DsD+wQBtwVFN3g/evdPdcq8LUO4iXSy/D0AwwGGtii6+gE6gkKuv0GL/jfMPu35hJKNwQA3SqvDTAODxbPFybIBRb6AuxIGdvZRcn/IOTEvf5/L+ch6/cAJO4Y7hVE/wVD+PYPENYF0vwK+gYjyS738QD47e43tC4gDDESGg3yzuwN5xAH3BsO4ur979M+1i/yuQfeJcnG9vIEDAcb15nl5Qvx/w65Awor/+k1B7rvF08+AfveLbcLNRgUFc8LH8gFC/T97UMf3ddJxv0c48u+/H8u4yPo8f4i6RnvEUMCAkHvAhMS0P/M7v71BCPBLv3u/gD09DGxOCEINQ8UBe7T5gnqEAPaHBzd3vri2TDPLvDBDuQ10sfp9wQMAxzNne3yA+n8CrgHCTL85ioDqfMaUkICA98mrgwsEhYM0RMlzAUa+ADqUSTQ1jzH9hDeyqr7fzTXIO0BAi7oIfcWSQAFRvr7DBLQ/M71/f0NM8JB+PoHE/DjK74vLhQpIhwLB9PwD94YDNQZEvP16wLiMu85AMLe9B7W1uPkCQcOCdeh59oI6/kFwOb9Gvr3OA7T+gtXNQkG+x+6FyMsCyXSCxHHFwvw8v8/JOneMtL+GOjRsxJ/KMoI4vgaB90W1wQyA+w6/gMWAd8D3/sZ2/8S0hz/9/IG2fYmuD4v9C0VDv0B6OQL9xwM2R8S/eX97+Yo6S0AxgLxG9Di3OIBEwkD3Kfn5hnr/PbE7gML+vcvA9cIEE4xF/7uHL0aKBsQHdMEHtYbEvv4+Tkf5tkn1f4P69W1EH8o1Ajs9BQP2gHrEjIF9ToB/wwN0/fh9xXxBB/VKvv4AAvk9izAOCz8KRUQAw/c5QfsEQviDxD36vb74CXpKQDJ8wIZ29XY3PkNDPzRqOPiFPUDAMrwBxn17zoF0AcRTDUHDPQgwyUhIhIe2Qoi0hgZ8fD8NiLn1i/U8w3i4asRfx7TB+38EhDc/+cMNwXtLgT/EA3c+Ob6HOUGI803+/sFCun5LL8yL/wnFBP8EtDl/voSG9cYFfnh+fjnLeYv+7j98Rva1uDoBA4HCtyd5N0R5fL5yukFEP31OwrTAxFZLRcC+yW0HyQwDSjLBx7IJxL49/1EIuTfMM8AD+XWuRF/K8sB7vgRCtgI4wg0CPdBAwESB9fy4QAT4QMbySD09fQM2/gutDcx+iYNBgkJ3d0L6RAP5BYP8/jz/t4z6Db7v+UBH87R3uoKDxEKzJbi1QTs/we98AAR8u5AEsn+Blg5BgjvHbkeMCAWHdoLF8MUFPHz/EAl49ov0fMT2cupD38kxwjh/B8V5gvmETj96UD9/BYF5gHbABjr/h7PKwbyAAPW7Sq0Pi/6LA4X9wPR7BQKFAjYEA7x6+wA5CnqK/K87/Yl3NjZ4wEPCQbhmuThBvX+BrznBhTt7z0SzgEaVTYRA/Uftx0nLA8t3BETxxQW/PL2PCTq4TDK9xDp1aoNfy/RA/H2HwjYBuYINwTtOAL4DwPc+Nz4HOIFHssh+fD4Ddj5IcM3Ku0hFhD7Bd7YDQQdD90WEPbm9vzoJvEs9bn6/CDS3NXd/hcOAdib590R7gEExu8FGebmPQvNAhZVPAkI8x25ISwlGirXDhrYFhvz/vQ0FunhJM/wFOTVpxB/KtEC8vIaE9v83gs7+/E1AvkPDtT65/ge2/wcyy799P4C4P0xwDYz8isWGfML2N0EBxEU3BAM/O71+94r6Cb/x+73G9rV2uL4BxMC1qXg3Qvz9fjE5wMU+/c6B9IHF08zEAP7HsUlHioJKdoGG9gYD/z4ATwj7d8v0P4L6N2tC38izwft9RcO2w7hBzUH8C8D/BYG2fTd+hXoABvTHf3x9xHj8SW/LiruJg8Q/RTg3wP3HRc=',
    nearest: 3,
    from: 0.9254,
    decadesPerTenth: 3.0633,
    most: 1.2,
  },
}
