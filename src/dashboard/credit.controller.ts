import { Get, Post, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { type AuthenticatedRequest, Roles } from '../auth/decorators.js';
import { AddCreditCommand } from '../ledger/commands/add-credit.js';
import { RemoveAllCreditCommand } from '../ledger/commands/remove-all-credit.js';
import { CommandNotFound, NoCreditToReclaim } from '../ledger/domain/errors.js';
import { GetReceiptQuery } from '../ledger/queries/get-receipt.js';
import { GetSipAccountQuery } from '../projections/accounts/get-sip-account.js';
import { readAmountInput } from './amount-input.js';
import { isMore, sum } from './amounts.js';
import { Bookings } from './bookings.js';
import { DashboardRoutes } from './dashboard-routes.js';
import { field } from './form.js';
import { formatInput } from './format.js';
import { AddCreditPage } from './pages/add-credit.js';
import { RemoveCreditPage } from './pages/remove-credit.js';
import { Pages } from './pages.js';

const QUICK_AMOUNTS = ['5.0000', '10.0000', '25.0000', '50.0000'];

const CANONICAL = /^\d{1,12}\.\d{4}$/;

interface Path {
  readonly mainAccountId: string;
  readonly sipAccountId: string;
}

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
    await this.showAddCredit(request, reply, CANONICAL.test(chosen) ? formatInput(chosen, language) : '');
  }

  @Post('add-credit')
  async addCredit(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    const typed = field(request.body, 'amount');
    await this.bookings.submit(
      request,
      reply,
      (context, { language }) =>
        new AddCreditCommand({ ...pathOf(request), amount: readAmountInput(typed, language) }, context),
      (error) => this.showAddCredit(request, reply, typed, error),
    );
  }

  @Get('remove-all-credit')
  async removeForm(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.showRemove(request, reply);
  }

  /** Removes what was confirmed: if the amount is another one by now, it asks again. */
  @Post('remove-all-credit')
  async removeAllCredit(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = pathOf(request);
    const shown = field(request.body, 'shown');
    if (!(await this.isBooked(path.mainAccountId, field(request.body, 'key')))) {
      const { available } = await this.queries.execute(new GetSipAccountQuery(path));
      if (available !== shown)
        return this.showRemove(request, reply, CANONICAL.test(shown) ? shown : undefined);
    }
    await this.bookings.submit(
      request,
      reply,
      (context) => new RemoveAllCreditCommand(path, context),
      (error) => this.showRemove(request, reply, shown, error),
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
    const sip = await this.queries.execute(new GetSipAccountQuery(path));
    await this.pages.send(
      request,
      reply,
      AddCreditPage,
      {
        ...form,
        sipAccountId: path.sipAccountId,
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
    shown?: string,
    error?: unknown,
  ): Promise<void> {
    const path = pathOf(request);
    const { available: has } = await this.queries.execute(new GetSipAccountQuery(path));
    // Somebody else was faster: the page itself says that there is nothing left.
    const matter = error instanceof NoCreditToReclaim ? undefined : error;
    const { problem, ...form } = await this.bookings.form(
      request,
      ['remove', path.sipAccountId, has],
      matter,
    );
    const changed = shown !== undefined && shown !== has;
    await this.pages.send(
      request,
      reply,
      RemoveCreditPage,
      {
        ...form,
        sipAccountId: path.sipAccountId,
        has,
        availableAfter: sum(form.available, has),
        shownBefore: changed ? shown : undefined,
        problem: problem?.problem ?? problem?.amountProblem,
      },
      problem?.status ?? (changed ? 409 : 200),
    );
  }

  private async isBooked(mainAccountId: string, key: string): Promise<boolean> {
    try {
      await this.queries.execute(new GetReceiptQuery(mainAccountId, key));
      return true;
    } catch (error) {
      if (error instanceof CommandNotFound) return false;
      throw error;
    }
  }
}

const pathOf = ({ params }: AuthenticatedRequest): Path => params as Path;
