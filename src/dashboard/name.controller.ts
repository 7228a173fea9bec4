import { Get, Post, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { type AuthenticatedRequest, Roles } from '../auth/decorators.js';
import { GetNamesQuery } from '../profiles/get-names.js';
import { plainText } from '../ledger/domain/plain-text.js';
import { NameSipAccountCommand } from '../profiles/name-sip-account.js';
import { GetSipAccountQuery } from '../projections/accounts/get-sip-account.js';
import { LookUpNamesQuery } from '../projections/names/look-up-names.js';
import { DashboardRoutes } from './dashboard-routes.js';
import { field } from './form.js';
import { accountLabel } from './format.js';
import { type FormProblem, formProblemOf } from './form-problem.js';
import { EditNamePage } from './pages/edit-name.js';
import { Pages } from './pages.js';
import { pathOf, type SipAccountPath } from './request.js';

const NAME = plainText(0, 80);

/** The name of a SIP account. Sent twice it is the same name, so its form needs no key. */
@Roles('billing', 'customer')
@DashboardRoutes('accounts/:mainAccountId/sip-accounts/:sipAccountId/name')
export class NameController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly pages: Pages,
  ) {}

  @Get()
  async form(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    const { mainAccountId, sipAccountId } = await this.existing(request);
    const names = await this.queries.execute(new GetNamesQuery(mainAccountId));
    await this.show(request, reply, names.get(sipAccountId) ?? '');
  }

  @Post()
  async rename(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = await this.existing(request);
    const view = this.pages.view(request);
    const name = field(request.body, 'name').trim();
    if (!NAME.test(name))
      return this.show(request, reply, name, { status: 422, idProblem: view.t.name.invalid });
    const context = { actor: request.principal.id, correlationId: request.id };
    try {
      const position = await this.commands.execute(new NameSipAccountCommand({ ...path, name }, context));
      await reply.redirect(view.backTo('', { named: '1', at: String(position) }), 303);
    } catch (error) {
      await this.show(request, reply, name, formProblemOf(error, view, ''));
    }
  }

  /** @throws MainAccountNotFound, SipAccountNotFound */
  private async existing(request: AuthenticatedRequest): Promise<SipAccountPath> {
    const { mainAccountId, sipAccountId } = pathOf(request);
    await this.queries.execute(new GetSipAccountQuery({ mainAccountId, sipAccountId }));
    return { mainAccountId, sipAccountId };
  }

  private async show(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    name: string,
    problem?: FormProblem,
  ): Promise<void> {
    const { mainAccountId, sipAccountId } = pathOf(request);
    const { names } = await this.queries.execute(new LookUpNamesQuery(mainAccountId, [sipAccountId]));
    const props = {
      view: this.pages.view(request),
      sipAccountId,
      account: accountLabel(sipAccountId, names.get(sipAccountId)),
      idempotencyKey: undefined,
      name,
      nameProblem: problem?.idProblem,
      problem: problem?.problem,
    };
    await this.pages.send(request, reply, EditNamePage, props, problem?.status);
  }
}
