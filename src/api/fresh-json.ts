import type { FastifyReply } from 'fastify';
import type { Fresh } from '../projections/freshness.js';

/** What is remembered of an account is answered many times, and written out once. */
const texts = new WeakMap<object, string>();

/** Answers with what was read, `position` and `asOf` behind it. */
export function freshJson(reply: FastifyReply, { answer, position, asOf }: Fresh<object>): string {
  let members = texts.get(answer);
  if (members === undefined) texts.set(answer, (members = JSON.stringify(answer).slice(1, -1)));
  reply.header('content-type', 'application/json; charset=utf-8');
  return `{${members},"position":"${position}","asOf":"${asOf}"}`;
}
