import { BlockList, isIP } from 'node:net'

/** Networks that hold no public host: IANA's special-purpose registries for IPv4, and multicast. */
const special: readonly (readonly [address: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]

/** Parts of the global unicast space that lead elsewhere: protocol assignments with Teredo, documentation, 6to4. */
const special6: readonly (readonly [address: string, bits: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const blocked = new BlockList()
for (const [address, bits] of special) blocked.addSubnet(address, bits, 'ipv4')
for (const [address, bits] of special6) blocked.addSubnet(address, bits, 'ipv6')

/** All of IPv6 that is routed; what embeds an IPv4 address, as `::ffff:127.0.0.1` does, lies outside of it. */
const routed = new BlockList()
routed.addSubnet('2000::', 3, 'ipv6')

/** Whether an address is a host on the public internet, and none of this machine or of a private network. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !blocked.check(address, 'ipv4')
    case 6:
      return routed.check(address, 'ipv6') && !blocked.check(address, 'ipv6')
    default:
      return false
  }
}
