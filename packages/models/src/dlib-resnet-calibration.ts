import type { Calibration } from './manifest.ts'

/**
 * Cosine similarities and the false-match rates measured at them. Written by `pnpm calibrate --write`
 * from embeddings of the same weights in another runtime; to be fitted anew with this one's before figures are quoted.
 *
 * Fitted on 1,404 people, half of those in lfw-crops: the ones whose name's SHA-256 begins with an even byte.
 * 5,065,994 comparisons of different people, every ordered pair of people weighing the same.
 * Measured down to a rate of 10^-4; beyond it, a straight line through the last measured decade.
 * Look-alikes: of 21 people, half of those in imfdb-crops, each center a mean over several of them.
 * `pnpm bench accuracy` measures the rates on the other half.
 */
export const dlibResnetCalibration: Calibration = {
  fast: [
    [0.72487, 0],
    [0.85882, -0.5],
    [0.88249, -1],
    [0.89822, -1.5],
    [0.91015, -2],
    [0.91998, -2.5],
    [0.92843, -3],
    [0.93618, -3.5],
    [0.94256, -4],
    [0.95669, -5],
    [0.97082, -6],
    [0.98495, -7],
  ],
  accurate: [
    [0.72685, 0],
    [0.86057, -0.5],
    [0.88415, -1],
    [0.89983, -1.5],
    [0.91172, -2],
    [0.92139, -2.5],
    [0.9299, -3],
    [0.93753, -3.5],
    [0.94347, -4],
    [0.95704, -5],
    [0.97062, -6],
    [0.98419, -7],
  ],
  views: {
    decades: [
      [0, 0.341, 0.438],
      [0.36, 0.657, 0.744],
      [0.461, 0.752, 0.858],
    ],
    distinct: 0.992,
  },
  lookAlikes: {
    centers:
      '2xgZ7ev39tY11jf0u/vvLs3M7u8FCwgY2J7o4g3v+wm4+ggi+/A0ALvvFUo3CP/lIrcKKR0SDMgHHcgKDPD490oc2tlByf8Y4Muy/n8i2Bfm/AQe6BjuDT77AkD2AQ8M3frP9P3yBCLCLQDx/gnn6S+3ODEGMhIYAvrT6xPnEgThGRfa6fns1jnLLf3DB+cszMXx+gYCCh7Pn+LtB+0BBrUGBCf53zQItu8PTkL/B+MqrhMpEBYM0hgmxAoU8P/4UCfV0kXG/hHfybkDfzrdIuP8BS7sG/ETRgT8S/f8EAnRAc72+wIGLss69PMBBefiJbkxKBUuHRkS/NH1E+UbBeIbF+3j+/HVL9Ys+7wK8yzJzer8+QsRE9ib5ekP+PUFwf4PIPTsOwO49BdNPgsH4yOzEisUFg/MDSbKDBb6AvxPH9jYPMb5Dt/Nsvp/KtwV6vYKJOUP7wpG/wJBAPwSEtj4yvT69QcuwTX58gMK6eYruDIxBisSGAUF0ukP6RQL2xsR4er58NI30jDutwPeK8rB9PUJCQEd2JTn5gPwBxG4BggpAOY1BrDwGVU/APzfL68IMxgTEc4QHMIFDeoA6kcf2dhJwf4Y4se2/H814Sfo+AIs7hvxEEUCAEju/xIM0f/O9Pj2CCXCMPn1AAH18CyyOCQMNhUWBe7P6w7oFALcFhLf4P3r2T3YKfG3EN8k0s3y8gQOCBrZpOroBusICrr+Bi353jD8uuYSSDUDAN4qtAwvDg4UzxQlywUW+gLtRxjd20TKAB7jxb7+fy/rIev4/yLtGe4WQ/8DQ/X5DhHUBdP8CPoHJcos9/H/+e3vNbUtHw0yERgN88/sDOcRCN0eF+Dc/O7ZO9ox7K4G4SrLyPHyBgoCG9ig7+4D5wETuf8FMfbdMwK57Q9PPfsA3TCpCTgXEBfODSvIBRLv/eJDId7USM73JOXHvAN/LtwZ6/X/IOwU5hJG+wZI+/gRDtUHzvUK7QIhxiz48f7w7/c4rTMhCzIOGgjq1ucP7AoF2R4a3uD649cx0DDuvgnkN9DG6voGCQIezpfs7wHp/Qu1Bgcw/eUpBabzGVNCAgLfJ60KLBQWC9ASI8kEGPgA6FIl0NU9xvgQ3sao/X821R/qAAEv7CP2FEr+Bkz3/AoP0P7P9Pz+DTDAP/n8CBPu4Cu8MS8VKiIcCgPS8hLfFQrkHhbn4frw3TXcQ/Sz9vIzzdDk9QYHBRnPleXnA+f8EcT8Bxv25jUHrvUNVUD/B+UjrwsyHRcNzAcrwwYS7PjnSCbP0DjM+BrWvaoLfzPLDeT/BiTsEewLP/QBUfoBCQ7cBdX/A+0JIsc4AfwDBuTlNbA5NRMwHR0B9dT0F+kNAtAVFu363QXrMvA++7fR9SXX1N7eDwYPBc2V6tf76vcTteH9IP/7ORTQ+RFePgkCASSoEygyDTDVDg+7EgL06fNELOPhOtH8GOPPqRV/LcEJ3/YV/tkf2gczAus/+wcW+90A0/oi0P4VzRn98+0L1fgit0g27SoXC/oC6dwQ+x0K2B8R/OT+7OUn5ysDxwXyGtLh2+EAEwcC26vn6Rrr/fPD7wQL+fUvA9cHEEsxFf/uHb0dJh0QHNADINgdE/r2+jgg59Yp1v4Q7NW2EX8o1Qju9RIO2wDsEzQG9DgCAAwO1Pbh9xbyBSHXLPv3/wvj9izCOSv8KRcQBhHb4wbrEg3fDQ787PP63ynmJf/K8vsY29Tb3vkKEP/Sp+DfD/T6+sjqBBb89DoF0gYUTjEMBvkgxiYcJQwl2QYh1xoT9/X/OiLs3DDS+gnn4awNfyDSCe74FQ/cCuQKNQjvLAH8FQjX9eH6GugDH9An+/T9D+f1J78uKvQpDxH9Fdfi//gZG9sfFvrh/fPnLOc0/Ln98BzQ2uPpBhQGCtmc5t8X4/X9ye8EDvryPQzRAw1fMhMC9CayHS0pEyDKBiPIJxT5+/ZCH+LbLdD6EuLPtRN/MssC7PYUDtkE5gs4BvZFBAAPCNb43v4P4AQfyCr59voJ2fg0tDw0BSsSDQQG3OEO6w4M1xwS9vD0/+Ew7TcDx+XxG9bW5+cHCQsJ2anm3g3q+QDC6/wY+fU1DNX7CVQxCAP5HMEaJSkMHtIJFc8YDu/3Ajoh7dow1f0Y6NO4En8nzgfk+BoK4BHWBzIE7DgA/xcD4wXg+xXh/hPWHQP48wXZ9Sq6Oiv4LRYTAP7o5wn3Gw3iEhDv9/AA3TTlNfi75AIi0NHd6QMIEQnJlNzZ/vH7DLjqBRT180cRygMMXjwHBfQetCAvHhMi2gwevhQS7+78Qy3j1jjT+A3WzZ4RfyfGC+P9IA/hDOoVNgHpP/35FwTl+swCGukDKMYlA+r5B9TwJ64/MvYoEA/5BtHoFQwZDNwUEfbo8f3jJ/Es+Lz0/h/V2Njd/xMQ/9ed5dwS7gQFxO8EG+rkPwjMARVRPQYJ9R+6IysmGCjXDxrSFhzx9/czGundJ9DwEuHWpxJ/JtAG7/MVEd383Qk6/PA1APoODtf75/ch3Pwdyi799wAA3/wwwToy9CoYGfcL1d8EBw8X2Q8O8+vvAOMq6iv1ve30ItvX2+MCEQoH3Zzk3wfx+gO/5wQU8fI7E80BGlc2EQT4ILYdJi4NLNsMFcsaFf33+Tsh6eIsyPYQ6NSqDH8u0APv9iAJ2grjBjkE7jkD+hEE2/jd+xXhBBrMIfrx9AzX+CPANS3wIxQO+wji2gr9HQ4=',
    nearest: 3,
    from: 0.9278,
    decadesPerTenth: 3.4616,
    most: 1.2,
  },
}
