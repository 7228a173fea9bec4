import Fastify from 'fastify';
import { RECEIPT } from './answers.js';

/** Fastify that reads the body and answers: the most that any service on Fastify could do. */
const app = Fastify();
app.post('/v1/main-accounts/:m/sip-accounts/:s/add-credit', (_request, reply) => {
  void reply.code(201).send(RECEIPT);
});
process.once('SIGTERM', () => void app.close());
process.stdout.write(`listening on ${await app.listen({ port: 0, host: '127.0.0.1' })}\n`);
