// Where an API server is and who asks it, as the client needs it; config.ts finds it out.

/** As they are to be sent now. */
export interface KubeCredentials {
  /** PEM. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  /** Any certificate will do: the kubeconfig says `insecure-skip-tls-verify`. */
  readonly insecure: boolean;
  readonly proxyUrl?: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface KubeAccess {
  /** Address without a slash at its end. */
  readonly server: string;
  /** What it is called: the kubeconfig's context, or `in-cluster`. */
  readonly context: string;
  /** Of the context or of the pod; `default` when none is named. */
  readonly namespace: string;
  /** `fresh`: after a 401, nothing that was kept will do. */
  credentials(options?: { readonly fresh?: boolean }): Promise<KubeCredentials>;
}
