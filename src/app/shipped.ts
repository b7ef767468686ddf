// What ships with the product and where it lies.
import { fileURLToPath } from 'node:url';

const inRepository = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const SHIPPED = {
  tape: inRepository('tapes/online-boutique.tape'),
  detectors: inRepository('detectors/online-boutique.yaml'),
  page: inRepository('dist/web'),
  pageSource: inRepository('web'),
  repository: inRepository('.'),
} as const;
