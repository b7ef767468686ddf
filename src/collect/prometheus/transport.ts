// How a question goes to a Prometheus and its answer comes back: over HTTP, or through the API server.

export interface TransportRequest {
  /** Behind the address, with its leading slash: `/api/v1/query_range`. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** No answer is of use later than this; the signal aborts then. */
  readonly timeoutMs: number;
}

export interface TransportAnswer {
  readonly status: number;
  /** The header `Retry-After`. */
  readonly retryAfter?: string | undefined;
  /** Not to be read after another; left early, the connection is given up. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface PrometheusTransport {
  /** For messages: without credentials. */
  readonly address: string;
  /** Any status is an answer. Rejects with an AppError when there is none. */
  send(request: TransportRequest): Promise<TransportAnswer>;
  close(): Promise<void>;
}
