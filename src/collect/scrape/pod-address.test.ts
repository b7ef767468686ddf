import { expect, it } from 'vitest';
import { whyNotAsked } from './pod-address.ts';

it.each([
  ['127.0.0.1', 'loopback'],
  ['127.255.1.2', 'loopback'],
  ['0.0.0.0', 'this machine'],
  ['169.254.169.254', 'link-local'],
  ['224.0.0.1', 'multicast'],
  ['255.255.255.255', 'reserved'],
  ['::1', 'loopback'],
  ['::', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:a9fe:a9fe', 'link-local'],
  ['fe80::1', 'link-local'],
  ['ff02::1', 'multicast'],
  ['64:ff9b::7f00:1', 'translated'],
  ['fd00:ec2::254', 'metadata'],
])('%s is no pod: %s', (ip, what) => {
  expect(whyNotAsked(ip)).toContain(what);
});

it.each([
  '10.0.0.7',
  '100.64.1.1',
  '172.16.0.1',
  '192.168.1.1',
  '203.0.113.9',
  'fd12:3456::7',
  '2001:db8::1',
  '::ffff:10.0.0.7',
])('%s may be one', (ip) => {
  expect(whyNotAsked(ip)).toBeUndefined();
});
