import type { FastifyRequest } from 'fastify';
import { bestOf } from './weighted.js';

/** Whether a browser asks for something to show in its window: HTML, rather than JSON. */
export const wantsPage = ({ headers }: FastifyRequest): boolean =>
  bestOf(headers.accept, (type) => type === 'text/html' || type.endsWith('json')) === 'text/html';

export const takesGzip = ({ headers }: FastifyRequest): boolean =>
  /\bgzip\b/.test(headers['accept-encoding'] ?? '');

/** The SIP account that an address is about. */
export interface SipAccountPath {
  readonly mainAccountId: string;
  readonly sipAccountId: string;
}

export const pathOf = ({ params }: FastifyRequest): SipAccountPath => params as SipAccountPath;

export const mainAccountIdOf = (request: FastifyRequest): string => pathOf(request).mainAccountId;
