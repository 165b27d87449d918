import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPublicAddress } from './public-address.ts'

describe('isPublicAddress', () => {
  it.each([
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
    ...['172.31.255.255', '192.168.1.1', '192.0.0.170', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::7f00:1', 'fe80::1', 'fc00::1'],
    ...['fd12:3456::1', 'ff02::1', '2001::1', '2001:db8::1', '2002:7f00:1::'],
    ...['', 'localhost', '127.1', '2130706433', '0x7f.0.0.1', '[::1]', '8.8.8.8 ', 'fe80::1%eth0'],
  ])('does not take %s for a public host', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '223.255.255.255', '2606:4700::1111', '2a00:1450::8a'])(
    'takes %s for one',
    (address) => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )

  it('takes no address of the private networks for one, however it is embedded in IPv6', () => {
    const octet = fc.nat(255)
    const privates = fc.oneof(
      fc.tuple(fc.constant(10), octet, octet, octet),
      fc.tuple(fc.constant(127), octet, octet, octet),
      fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
    )
    fc.assert(
      fc.property(privates, (octets) => {
        const address = octets.join('.')
        const hex = octets.map((value) => value.toString(16).padStart(2, '0'))
        const embedded = `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`
        for (const form of [address, `::ffff:${address}`, `64:ff9b::${embedded}`, `2002:${embedded}::1`]) {
          expect(isPublicAddress(form)).toBe(false)
        }
      }),
    )
  })
})
