import { describe, expect, it } from 'vitest';
import { AppError } from '#kit/errors.ts';
import { checkCaller, pagePolicy } from './security.ts';

const HERE = 'localhost:8080';

describe('who may ask', () => {
  it.each<[string, Record<string, string>]>([
    ['a program on this machine', { host: '127.0.0.1:8080' }],
    ['one that uses the name', { host: 'LOCALHOST:8080' }],
    ['one that uses IPv6', { host: '[::1]:8080' }],
    ['another address of the loopback', { host: '127.1.2.3:8080' }],
    ['one that kubectl forwards from another port', { host: 'localhost:9090', origin: 'http://localhost:9090' }],
    ['the page itself', { host: HERE, origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' }],
    ['a reader who typed the address', { host: HERE, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
    ['a reader who followed a link', { host: HERE, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
  ])('%s', (_, headers) => {
    expect(() => checkCaller(headers, 8080)).not.toThrow();
  });

  it.each<[string, Record<string, string>]>([
    ['a name that was made to resolve to here', { host: 'evil.example:8080' }],
    ['a name that begins like one of ours', { host: 'localhost.evil.example:8080' }],
    ['an address beyond this machine', { host: '10.0.0.1:8080' }],
    ['no host', {}],
    ['a host that is none', { host: '[::1' }],
    ['a user before the host', { host: 'localhost@evil.example:8080' }],
    ['a page of another site', { host: HERE, origin: 'https://evil.example' }],
    ['a page of another port', { host: HERE, origin: 'http://localhost:3000' }],
    ['a page under another name of here', { host: HERE, origin: 'http://127.0.0.1:8080' }],
    ['a page without an origin', { host: HERE, origin: 'null' }],
    ['an image of another site', { host: HERE, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ['a page of another port that asks without an origin', { host: HERE, 'sec-fetch-site': 'same-site' }],
  ])('not %s', (_, headers) => {
    expect(() => checkCaller(headers, 8080)).toThrow(AppError);
  });
});

it("the page's policy lets nothing run that is not its own", () => {
  const policy = pagePolicy('abc');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("style-src 'self' 'nonce-abc'");
  expect(policy).not.toContain('unsafe');
});
