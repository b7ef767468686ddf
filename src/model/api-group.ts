// The API group of the custom resources: what the server reads, what rights are asked for, and what the page writes.

/** Unless an installation has another. */
export const DEFAULT_GROUP = 'monitoring.my.company';
