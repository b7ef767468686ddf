import { rootCertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { openDispatchers } from './connections.ts';

const dispatchers = openDispatchers('https://api:6443');
afterEach(() => dispatchers.close());

describe('the pool of connections', () => {
  it('is the same for another token, and another for other certificates', async () => {
    const [ca = '', other = ''] = rootCertificates;
    const first = dispatchers.of({ ca, insecure: false, headers: { authorization: 'Bearer a' } });
    expect(dispatchers.of({ ca, insecure: false, headers: { authorization: 'Bearer b' } })).toBe(first);
    const second = dispatchers.of({ ca: other, insecure: false, headers: {} });
    expect(second).not.toBe(first);
    expect(dispatchers.of({ ca, insecure: true, headers: {} })).not.toBe(first);
    await dispatchers.close();
    expect(() => dispatchers.of({ ca, insecure: false, headers: {} })).toThrow('is closed');
  });
});
