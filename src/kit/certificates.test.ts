import { expect, test } from 'vitest';
import { makeAuthority, makeLeaf } from '#app/certificates/issue.ts';
import { certificatesIn, checkCertificates, checkNamed, identityOf } from './certificates.ts';

const period = { nowMs: Date.now(), endMs: Date.now() + 60_000 };

test.each([
  ['URI:spiffe://tidewatch/watch/operator', 'spiffe://tidewatch/watch', 'operator'],
  ['DNS:a, IP Address:127.0.0.1, URI:spiffe://tidewatch/watch/operator, DNS:b', 'spiffe://tidewatch/watch', 'operator'],
  ['URI:spiffe://example.org/ns/watch/sa/keeper', 'spiffe://example.org/ns/watch/sa', 'keeper'],
])('%s is whose it says', (names, installation, role) => {
  expect(identityOf(names)).toEqual({ installation, role });
});

test.each([
  ['nothing', undefined],
  ['no name at all', ''],
  ['a name that is no URI', 'DNS:spiffe://tidewatch/watch/operator'],
  ['two of them', 'URI:spiffe://tidewatch/watch/analyser, URI:spiffe://tidewatch/watch/operator'],
  ['one that stands inside another name', 'DNS:"a, URI:spiffe://tidewatch/watch/operator"'],
  ['one that stands inside a quote', 'DNS:"a\\", URI:spiffe://tidewatch/watch/operator"'],
  ['another scheme', 'URI:https://tidewatch/watch/operator'],
  ['no role', 'URI:spiffe://tidewatch/'],
  ['no installation', 'URI:spiffe://operator'],
])('%s is nobody', (_, names) => {
  expect(identityOf(names)).toBeUndefined();
});

test('what is half there, or does not belong together, is refused with what is wrong', async () => {
  const authority = await makeAuthority('watch', period);
  const one = await makeLeaf('keeper', 'watch', authority, period);
  const other = await makeLeaf('keeper', 'watch', authority, period);
  const good = { cert: one.certificate, key: one.key, ca: authority.certificate.repeat(2) };
  expect(() => checkCertificates(good, 'it')).not.toThrow();
  expect(certificatesIn(good.ca)).toHaveLength(2);
  for (const wrong of [
    { ...good, key: other.key },
    { ...good, key: good.key.slice(0, 90) },
    { ...good, cert: good.cert.slice(0, 200) },
    { ...good, ca: good.ca.slice(0, -60) },
    { ...good, ca: '' },
    { ...good, ca: authority.certificate.trim().repeat(2) },
  ]) {
    expect(() => checkCertificates(wrong, 'it')).toThrow(/^it cannot be used: .*, as PEM$/);
  }
  const nobodys = { cert: authority.certificate, key: authority.key, ca: authority.certificate };
  expect(() => checkCertificates(nobodys, 'it')).toThrow('does not say whose it is');
});

test('with certificates a peer is named by its name: of an address nobody can say whose it is', () => {
  for (const host of ['127.0.0.1', '[::1]', '::1']) {
    expect(() => checkNamed(host, 'the keeper')).toThrow(
      /named by an address .* write the name that is in its certificate/,
    );
  }
  for (const host of ['keeper', 'keeper.shop.svc', 'localhost']) checkNamed(host, 'the keeper');
});
