/** The bytes of floats, where they are. */
export function bytesOfFloats({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** Floats of bytes, where they are if floats can begin there, otherwise copied. The bytes must be whole floats. */
export function floatsOfBytes(bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, byteLength } = bytes
  if (byteOffset % Float32Array.BYTES_PER_ELEMENT !== 0) return floatsOfBytes(new Uint8Array(bytes))
  return new Float32Array(buffer, byteOffset, byteLength / Float32Array.BYTES_PER_ELEMENT)
}
