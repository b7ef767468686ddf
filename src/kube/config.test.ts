import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/fixtures/fake-clock.ts';
import { inClusterOf, readKubeAccess } from './config.ts';

let folder: string;
const clock = new FakeClock();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-config-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Parts {
  readonly server?: string;
  readonly cluster?: Record<string, unknown>;
  readonly user?: Record<string, unknown>;
  readonly current?: string;
}

async function write({ server = 'https://api:6443/', cluster, user, current = 'one' }: Parts, name = 'config') {
  const path = join(folder, name);
  const config = {
    'current-context': current,
    clusters: [{ name: 'c', cluster: { server, ...cluster } }],
    users: [{ name: 'u', user: user ?? { token: 'secret' } }],
    contexts: [
      { name: 'one', context: { cluster: 'c', user: 'u', namespace: 'shop' } },
      { name: 'two', context: { cluster: 'c', user: 'u' } },
      { name: 'lost', context: { cluster: 'nowhere', user: 'u' } },
      { name: 'nobody', context: { cluster: 'c', user: 'nobody' } },
    ],
  };
  await writeFile(path, JSON.stringify(config));
  return path;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('access to a cluster', () => {
  it('follows the current context of a kubeconfig, or another', async () => {
    const kubeconfig = await write({});
    const access = await readKubeAccess({ kubeconfig, clock });
    expect(access).toMatchObject({ server: 'https://api:6443', context: 'one', namespace: 'shop' });
    expect(await access.credentials()).toEqual({ insecure: false, headers: { authorization: 'Bearer secret' } });
    expect(await readKubeAccess({ kubeconfig, context: 'two', clock })).toMatchObject({ namespace: 'default' });
  });

  it('has certificates, their server’s name, a proxy, and the flag that trusts anybody', async () => {
    await writeFile(join(folder, 'ca.pem'), 'CA');
    const kubeconfig = await write({
      cluster: {
        ...{ 'certificate-authority': 'ca.pem', 'insecure-skip-tls-verify': true, 'tls-server-name': 'kubernetes' },
        'proxy-url': 'http://proxy:3128',
      },
      user: { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY'), as: 'somebody' },
    });
    const { credentials } = await readKubeAccess({ kubeconfig, clock });
    expect(await credentials()).toEqual({
      ...{
        ca: 'CA',
        cert: 'CERT',
        key: 'KEY',
        serverName: 'kubernetes',
        insecure: true,
        proxyUrl: 'http://proxy:3128',
      },
      headers: { 'impersonate-user': 'somebody' },
    });
  });

  it('has a name and a password', async () => {
    const { credentials } = await readKubeAccess({
      kubeconfig: await write({ user: { username: 'a', password: 'b' } }),
      clock,
    });
    expect((await credentials()).headers).toEqual({ authorization: `Basic ${base64('a:b')}` });
  });

  it('reads a token file again when it has changed', async () => {
    await writeFile(join(folder, 'token'), 'first\n');
    const { credentials } = await readKubeAccess({ kubeconfig: await write({ user: { tokenFile: 'token' } }), clock });
    expect((await credentials()).headers.authorization).toBe('Bearer first');
    await writeFile(join(folder, 'token'), 'second\n');
    expect((await credentials()).headers.authorization).toBe('Bearer first');
    await clock.advance(10_000);
    expect((await credentials()).headers.authorization).toBe('Bearer second');
    await writeFile(join(folder, 'token'), 'third\n');
    expect((await credentials({ fresh: true })).headers.authorization).toBe('Bearer third');
  });

  it('runs a plugin, and again when what it said was refused', async () => {
    const command = join(folder, 'plugin.sh');
    const answer = '{"status":{"token":"t\'$(wc -l < "$0.log")\'"}}';
    await writeFile(command, `#!/bin/sh\necho run >> "$0.log"\necho '${answer}'\n`);
    await chmod(command, 0o755);
    const { credentials } = await readKubeAccess({ kubeconfig: await write({ user: { exec: { command } } }), clock });
    const token = async (fresh = false) => (await credentials({ fresh })).headers.authorization?.replace(/ +/g, ' ');
    expect(await token()).toBe('Bearer t1');
    await clock.advance(60_000);
    expect(await token()).toBe('Bearer t1');
    expect(await token(true)).toBe('Bearer t2');
  });

  it('says which plugin is not there', async () => {
    const user = { exec: { command: 'no-such-plugin', args: [] } };
    const { credentials } = await readKubeAccess({ kubeconfig: await write({ user }), clock });
    await expect(credentials()).rejects.toThrow(/the plugin "no-such-plugin".*failed.*Install it/);
  });

  it('merges several kubeconfigs, and the first one’s current context holds', async () => {
    const first = await write({});
    const second = join(folder, 'second');
    await writeFile(
      second,
      JSON.stringify({
        'current-context': 'three',
        clusters: [{ name: 'c3', cluster: { server: 'https://three' } }],
        users: [{ name: 'u3', user: { token: 'third' } }],
        contexts: [{ name: 'three', context: { cluster: 'c3', user: 'u3' } }],
      }),
    );
    const kubeconfig = `${first}:${second}`;
    expect((await readKubeAccess({ kubeconfig, clock })).context).toBe('one');
    const three = await readKubeAccess({ kubeconfig, context: 'three', clock });
    expect(three.server).toBe('https://three');
    expect((await three.credentials()).headers.authorization).toBe('Bearer third');
  });

  it('is found at home, before the pod’s own account', async () => {
    await mkdir(join(folder, '.kube'));
    await write({}, '.kube/config');
    const inCluster = { host: '10.0.0.1', port: '443', folder };
    expect((await readKubeAccess({ home: folder, inCluster, clock })).context).toBe('one');
  });

  it('is that of the pod’s account, whose token rotates', async () => {
    await writeFile(join(folder, 'ca.crt'), 'CA\n');
    await writeFile(join(folder, 'token'), 'first');
    await writeFile(join(folder, 'namespace'), 'watch');
    const inCluster = { host: 'fd00::1', port: '443', folder };
    const access = await readKubeAccess({ inCluster, home: join(folder, 'nowhere'), clock });
    expect(access).toMatchObject({ server: 'https://[fd00::1]:443', context: 'in-cluster', namespace: 'watch' });
    expect(await access.credentials()).toEqual({
      ...{ ca: 'CA', insecure: false, headers: { authorization: 'Bearer first' } },
    });
    await writeFile(join(folder, 'token'), 'second');
    await clock.advance(10_000);
    expect((await access.credentials()).headers.authorization).toBe('Bearer second');
    await rm(join(folder, 'token'));
    await expect(access.credentials({ fresh: true })).rejects.toThrow(/automountServiceAccountToken/);
  });

  it('knows from the environment whether it is in a pod', () => {
    expect(inClusterOf({})).toBeUndefined();
    const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
    expect(inClusterOf(env)).toEqual({ host: '10.0.0.1', port: '443' });
  });

  it('says what to do when no cluster is named', async () => {
    await expect(readKubeAccess({ home: '/nowhere', clock })).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringMatching(
        /pass --kubeconfig <file>, set KUBECONFIG, or put the file at \/nowhere\/.kube\/config/,
      ),
    });
    await expect(readKubeAccess({ context: 'x', clock })).rejects.toThrow(/no kubeconfig to find the context "x" in/);
  });

  it.each<[string, Parts, string | undefined, RegExp]>([
    ['an unknown context', {}, 'three', /no context "three": pass --context with one of: one, two, lost, nobody/],
    ['no current context', { current: '' }, undefined, /has no current context/],
    ['a cluster that is not there', {}, 'lost', /names a cluster "nowhere" that is not there/],
    ['a user that is not there', {}, 'nobody', /names a user "nobody" that is not there/],
    ['no address', { server: 'api' }, undefined, /"api" is not the address/],
    ['credentials in the clear', { server: 'http://api' }, undefined, /is not encrypted/],
    ['a SOCKS proxy', { cluster: { 'proxy-url': 'socks5://x' } }, undefined, /SOCKS proxy/],
  ])('is refused with a sentence: %s', async (_, parts, context, sentence) => {
    const kubeconfig = await write(parts);
    const reading = readKubeAccess({ kubeconfig, ...(context === undefined ? {} : { context }), clock });
    await expect(reading).rejects.toMatchObject({ code: 'bad-config', message: expect.stringMatching(sentence) });
  });

  it('is refused with a sentence: no file, and a file that is no kubeconfig', async () => {
    const missing = join(folder, 'missing');
    await expect(readKubeAccess({ kubeconfig: missing, clock })).rejects.toThrow(/missing cannot be read: pass one/);
    const text = join(folder, 'text');
    await writeFile(text, 'just a text');
    await expect(readKubeAccess({ kubeconfig: text, clock })).rejects.toThrow(/is not a kubeconfig|no current context/);
    await writeFile(text, '{ "a": ');
    await expect(readKubeAccess({ kubeconfig: text, clock })).rejects.toThrow(/is not a kubeconfig/);
  });

  it('speaks plain HTTP on loopback only, as to "kubectl proxy"', async () => {
    const kubeconfig = await write({ server: 'http://127.0.0.1:8001' });
    const { credentials } = await readKubeAccess({ kubeconfig, clock });
    expect((await credentials()).headers).toEqual({ authorization: 'Bearer secret' });
  });
});
