import { Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ACCOUNT_ID } from '../auth/api-key.js';
import { type AuthenticatedRequest, Roles } from '../auth/decorators.js';
import { AddSipAccountCommand } from '../ledger/commands/add-sip-account.js';
import { PurchaseCreditCommand } from '../ledger/commands/purchase-credit.js';
import { readAmountInput } from './amount-input.js';
import { Bookings } from './bookings.js';
import { DashboardRoutes } from './dashboard-routes.js';
import { field } from './form.js';
import { AddSipAccountPage } from './pages/add-sip-account.js';
import { PurchasePage } from './pages/purchase.js';
import { Pages } from './pages.js';
import { mainAccountIdOf } from './request.js';

/** What somebody typed. */
interface Typed {
  readonly amount: string;
  readonly reference: string;
}

/** What is done to a main account as a whole. */
@DashboardRoutes('accounts/:mainAccountId')
export class AccountController {
  constructor(
    private readonly bookings: Bookings,
    private readonly pages: Pages,
  ) {}

  @Roles('billing', 'customer')
  @Get('add-sip-account')
  async addSipAccountForm(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.showAddSipAccount(request, reply, '');
  }

  @Roles('billing', 'customer')
  @Post('add-sip-account')
  async addSipAccount(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    const sipAccountId = field(request.body, 'sipAccountId').trim();
    if (!ACCOUNT_ID.test(sipAccountId)) {
      const { invalid } = this.pages.view(request).t.addSip;
      return this.showAddSipAccount(request, reply, sipAccountId, invalid);
    }
    await this.bookings.submit(
      request,
      reply,
      (context) =>
        new AddSipAccountCommand({ mainAccountId: mainAccountIdOf(request), sipAccountId }, context),
      (error) => this.showAddSipAccount(request, reply, sipAccountId, undefined, error),
    );
  }

  @Roles('billing')
  @Get('purchase')
  async purchaseForm(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.showPurchase(request, reply, { amount: '', reference: '' });
  }

  @Roles('billing')
  @Post('purchase')
  async purchase(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    const typed = {
      amount: field(request.body, 'amount'),
      reference: field(request.body, 'reference').trim(),
    };
    await this.bookings.submit(
      request,
      reply,
      (context, { language }) =>
        new PurchaseCreditCommand(
          {
            mainAccountId: mainAccountIdOf(request),
            amount: readAmountInput(typed.amount, language, field(request.body, 'sign')),
            reference: typed.reference,
          },
          context,
        ),
      (error) => this.showPurchase(request, reply, typed, error),
    );
  }

  private async showAddSipAccount(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    sipAccountId: string,
    invalid?: string,
    error?: unknown,
  ): Promise<void> {
    const { view, idempotencyKey, problem } = await this.bookings.form(request, ['add-sip-account'], error);
    await this.pages.send(
      request,
      reply,
      AddSipAccountPage,
      {
        view,
        idempotencyKey,
        sipAccountId,
        idProblem: invalid ?? problem?.idProblem,
        problem: problem?.problem,
      },
      problem?.status ?? (invalid ? 422 : 200),
    );
  }

  private async showPurchase(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    typed: Typed,
    error?: unknown,
  ): Promise<void> {
    const { problem, ...form } = await this.bookings.form(request, ['purchase'], error);
    await this.pages.send(
      request,
      reply,
      PurchasePage,
      {
        ...form,
        ...typed,
        amountProblem: problem?.amountProblem,
        referenceProblem: problem?.referenceProblem,
        problem: problem?.problem,
      },
      problem?.status,
    );
  }
}
