import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Turns away whoever lacks the key of the bench. */
export function requireKey(app: FastifyInstance): void {
  const keyHash = sha256(process.env['LEDGER_BOOTSTRAP_KEY'] ?? '');
  app.addHook('onRequest', (request, reply, done) => {
    const [scheme, key = ''] = (request.headers.authorization ?? '').split(' ');
    if (scheme === 'Bearer' && timingSafeEqual(sha256(key), keyHash)) done();
    else void reply.code(401).send({ code: 'unauthenticated' });
  });
}
