import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiOperation,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { ApiProblems } from '../api-problems.js';
import {
  AddCreditLineRequest,
  AddSipAccountLineRequest,
  OpenMainAccountLineRequest,
  PurchaseCreditLineRequest,
  RemoveAllCreditLineRequest,
} from '../requests/bulk-lines.js';
import { BulkResultResponse } from '../responses/bulk-result.js';
import { MAX_BYTES, MAX_LINE_BYTES, MAX_LINES, MAX_LINES_TOGETHER, MAX_OPEN } from './limits.js';

const LINES = [
  OpenMainAccountLineRequest,
  PurchaseCreditLineRequest,
  AddSipAccountLineRequest,
  AddCreditLineRequest,
  RemoveAllCreditLineRequest,
];

const DESCRIPTION = `One JSON object a line, any commands of any accounts, each with a key of its own that means the same
as in a single command. A result a line, in their order, while the lines are still coming in, or through a proxy when the last one is booked.
A line that is broken or refused is so by itself. With \`atomic\` the lines of an account are booked together: one that
is refused refuses them all, and the others say \`batch-not-booked\`; more of them than that takes say \`batch-too-large\`.

Limits: ${MAX_LINES} lines (${MAX_LINES_TOGETHER} with \`atomic\`, at most 400 of one main account), ${MAX_LINE_BYTES} bytes a line,
${MAX_BYTES} bytes in all, ${MAX_OPEN} such requests at a time.`;

/** Documents the route of commands in bulk. */
export const ApiBulk = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Book many commands', description: DESCRIPTION }),
    ApiExtraModels(BulkResultResponse, ...LINES),
    ApiConsumes('application/x-ndjson'),
    ApiBody({
      description: 'A line; there may be many',
      schema: { oneOf: LINES.map((line) => ({ $ref: getSchemaPath(line) })) },
    }),
    ApiResponse({
      status: 200,
      description: 'A result a line, also when all were refused',
      content: { 'application/x-ndjson': { schema: { $ref: getSchemaPath(BulkResultResponse) } } },
    }),
    ApiProblems('invalid-request', 'payload-too-large', 'unsupported-media-type', 'store-unavailable'),
  );
