// To a Prometheus through the API server's service proxy: from a laptop, with the rights of a kubeconfig. Only GET, so that
// the right needed is `get` on `services/proxy`; what does not fit into an address is the caller's to split.

import { AppError, type ErrorCode } from '#kit/errors.ts';
import { CALLS } from '#kube/calls.ts';
import type { KubeClient } from '#kube/contract.ts';
import { AnswerError } from './answer-error.ts';
import type { PrometheusTransport } from './transport.ts';

export interface ServiceAddress {
  readonly namespace: string;
  readonly service: string;
  /** Its number or name. */
  readonly port: string;
  readonly scheme?: 'http' | 'https';
  /** In front of `/api/v1`, without a slash at its end: `/prometheus` for Mimir. */
  readonly prefix?: string;
}

/** API servers take longer addresses, what stands before them often does not. */
const MOST_ADDRESS = 8000;

export function createProxyTransport(client: KubeClient, service: ServiceAddress): PrometheusTransport {
  const { namespace, port, scheme = 'http', prefix = '' } = service;
  const address = `${namespace}/${service.service}:${port}${prefix} (through ${client.server})`;
  const name = `${scheme === 'https' ? 'https:' : ''}${service.service}:${port}`;
  return {
    address,
    async send({ path, parameters, signal, timeoutMs }) {
      const length = new URLSearchParams(parameters).toString().length;
      if (length > MOST_ADDRESS) {
        throw new AppError(
          'too-much',
          `the query has ${length} characters, and through the API server only ${MOST_ADDRESS} fit: ask for fewer pods at ` +
            'a time, or give the address of Prometheus with --prometheus URL',
        );
      }
      const target = { namespace, name, path: `${prefix}${path}` };
      const request = { query: parameters, signal, timeoutMs };
      const body = await client.stream(CALLS.proxyPrometheus, target, request).catch((error: unknown) => {
        throw refusal(address, error);
      });
      return { status: 200, body };
    },
    // The client is not ours.
    close: async () => undefined,
  };
}

/** What the API server says, in the codes that a source of metrics promises. */
function refusal(address: string, error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const isKept = error.code === 'forbidden' || error.code === 'unavailable' || error.code === 'bad-input';
  const code: ErrorCode = isKept ? error.code : error.retryable ? 'unavailable' : 'bad-input';
  const retryAfterMs =
    'retryAfterMs' in error && typeof error.retryAfterMs === 'number' ? error.retryAfterMs : undefined;
  return new AnswerError(code, `${address}: ${error.message}`, {
    cause: error,
    retryable: error.retryable,
    retryAfterMs,
  });
}
