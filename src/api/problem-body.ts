import { PROBLEMS, type ProblemCode } from './problems.js';

/** The members that every problem of a code has (RFC 9457). `type` is also the address of its description. */
export const problemBody = (code: ProblemCode) => ({
  type: `/docs/problems#${code}`,
  title: PROBLEMS[code].title,
  status: PROBLEMS[code].status,
  code,
});
