import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AddressKind, kindOfAddress } from '#/platform/outbound-address.ts';

const addresses: Readonly<Record<AddressKind, readonly string[]>> = {
  forbidden: [
    '0.0.0.0',
    '0.1.2.3',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '169.254.0.1',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '192.88.99.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '0:0:0:0:0:0:0:1',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    'ff02::1',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:a9fe:a9fe',
    '::ffff:0:127.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::169.254.169.254',
    '64:ff9b:1::808:808',
    '2002:7f00:1::',
    '2002:a9fe:a9fe::1',
    '2001:0:5ef5:79fb::1',
    'fe80::5efe:8.8.8.8',
    '2001:db8::5efe:127.0.0.1',
    '2001:db8::200:5efe:7f00:1',
    'no address',
    '',
  ],
  private: [
    '10.0.0.1',
    '100.64.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    '2002:c0a8:101::1',
  ],
  public: [
    '8.8.8.8',
    '100.63.255.255',
    '172.32.0.1',
    '192.167.255.255',
    '126.255.255.255',
    '128.0.0.1',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    '2002:808:808::1',
  ],
};

for (const [kind, list] of Object.entries(addresses)) {
  for (const address of list) {
    test(`${address === '' ? '(nothing)' : address} is ${kind}`, () => {
      assert.equal(kindOfAddress(address), kind);
    });
  }
}
