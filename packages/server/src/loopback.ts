/** Whether a host name or address can only mean this machine. Brackets around an IPv6 address are as good as none. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}
