import { Get, Post, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { type AuthenticatedRequest, Roles } from '../auth/decorators.js';
import { AddCreditCommand } from '../ledger/commands/add-credit.js';
import { RemoveAllCreditCommand } from '../ledger/commands/remove-all-credit.js';
import { type Amount, isCanonicalAmount, ZERO } from '../ledger/domain/amount.js';
import { AmountChanged, NoCreditToReclaim } from '../ledger/domain/errors.js';
import { GetSipAccountQuery } from '../projections/accounts/get-sip-account.js';
import { LookUpNamesQuery } from '../projections/names/look-up-names.js';
import { readAmountInput } from './amount-input.js';
import { isMore, sum } from './amounts.js';
import { Bookings } from './bookings.js';
import { DashboardRoutes } from './dashboard-routes.js';
import { field } from './form.js';
import { formatInput } from './format.js';
import { AddCreditPage } from './pages/add-credit.js';
import { RemoveCreditPage } from './pages/remove-credit.js';
import { Pages } from './pages.js';
import { pathOf, type SipAccountPath } from './request.js';

const QUICK_AMOUNTS = ['5.0000', '10.0000', '25.0000', '50.0000'];

/** Credit to a SIP account, and all of it back. */
@Roles('billing', 'customer')
@DashboardRoutes('accounts/:mainAccountId/sip-accounts/:sipAccountId')
export class CreditController {
  constructor(
    private readonly bookings: Bookings,
    private readonly queries: QueryBus,
    private readonly pages: Pages,
  ) {}

  @Get('add-credit')
  async addCreditForm(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    const chosen = field(request.query, 'amount');
    const { language } = this.pages.view(request);
    await this.showAddCredit(request, reply, isCanonicalAmount(chosen) ? formatInput(chosen, language) : '');
  }

  @Post('add-credit')
  async addCredit(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    const typed = field(request.body, 'amount');
    const sign = field(request.body, 'sign');
    await this.bookings.submit(
      request,
      reply,
      (context, { language }) =>
        new AddCreditCommand({ ...pathOf(request), amount: readAmountInput(typed, language, sign) }, context),
      (error) => this.showAddCredit(request, reply, typed, error),
    );
  }

  @Get('remove-all-credit')
  async removeForm(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.showRemove(request, reply);
  }

  /** Removes the amount that was confirmed, or asks again: the rule compares it with what there is when it books. */
  @Post('remove-all-credit')
  async removeAllCredit(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    const expected = field(request.body, 'shown');
    if (!isCanonicalAmount(expected)) return this.showRemove(request, reply);
    await this.bookings.submit(
      request,
      reply,
      (context) => new RemoveAllCreditCommand({ ...pathOf(request), expected }, context),
      (error) => this.showRemove(request, reply, { expected, error }),
    );
  }

  private async showAddCredit(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    amount: string,
    error?: unknown,
  ): Promise<void> {
    const path = pathOf(request);
    const { problem, ...form } = await this.bookings.form(request, ['add-credit', path.sipAccountId], error);
    const { answer: sip } = await this.queries.execute(new GetSipAccountQuery(path));
    await this.pages.send(
      request,
      reply,
      AddCreditPage,
      {
        ...form,
        sipAccountId: path.sipAccountId,
        name: await this.nameOf(path),
        has: sip.available,
        amount,
        quickAmounts: QUICK_AMOUNTS.filter((quick) => !isMore(quick, form.available)),
        amountProblem: problem?.amountProblem,
        problem: problem?.problem,
      },
      problem?.status,
    );
  }

  private async showRemove(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    refused?: { readonly expected: Amount; readonly error: unknown },
  ): Promise<void> {
    const path = pathOf(request);
    const has = refused
      ? leftAfter(refused)
      : (await this.queries.execute(new GetSipAccountQuery(path))).answer.available;
    const { problem, ...form } = await this.bookings.form(
      request,
      ['remove', path.sipAccountId, has],
      refused?.error,
    );
    await this.pages.send(
      request,
      reply,
      RemoveCreditPage,
      {
        ...form,
        sipAccountId: path.sipAccountId,
        name: await this.nameOf(path),
        has,
        availableAfter: sum(form.available, has),
        problem: problem?.problem ?? problem?.amountProblem,
      },
      problem?.status,
    );
  }

  private async nameOf({ mainAccountId, sipAccountId }: SipAccountPath): Promise<string | undefined> {
    const { names } = await this.queries.execute(new LookUpNamesQuery(mainAccountId, [sipAccountId]));
    return names.get(sipAccountId);
  }
}

/**
 * What to ask for after a removal that was not booked: what the refusal says there is, as the read model may be
 * behind it. While the outcome is open the form stays what it was, so that sending it again is the same command.
 */
function leftAfter({ expected, error }: { readonly expected: Amount; readonly error: unknown }): string {
  if (error instanceof AmountChanged) return error.figures.available;
  return error instanceof NoCreditToReclaim ? ZERO : expected;
}
