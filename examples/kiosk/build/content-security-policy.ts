/**
 * What the page may load and do: its own files, WebAssembly, and pictures that it made itself. The server sends it with
 * every answer, and the built page repeats it for hosts that send no headers of their own.
 *
 * @param cloud The address of a cloud that the page may ask.
 */
export function contentSecurityPolicy(cloud: string | undefined): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    cloud ? `connect-src 'self' ${new URL(cloud).origin}` : "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

/** Only a header can say this. */
export const frameAncestors = "frame-ancestors 'none'"
