import { Injectable } from '@nestjs/common';
import { CommandBus, QueryBus, type Command } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import type { AuthenticatedRequest } from '../auth/decorators.js';
import { Sessions } from '../auth/sessions.js';
import { OutcomeUnknown } from '../event-store/errors.js';
import type { Booking } from '../ledger/booking.js';
import type { CommandContext } from '../ledger/commands/command-context.js';
import { GetMainAccountQuery } from '../projections/accounts/get-main-account.js';
import { field, formKey, isFormKey } from './form.js';
import { formProblemOf, type FormProblem } from './form-problem.js';
import { ForeignForm } from './own-forms.guard.js';
import { Pages } from './pages.js';
import type { View } from './view.js';

/** What a form page is made of, besides its own fields. */
export interface FormState {
  readonly view: View;
  readonly currency: string;
  /** On the main account. */
  readonly available: string;
  readonly idempotencyKey: string;
  /** Why the form was not booked when it was sent; undefined when it is shown for the first time. */
  readonly problem: FormProblem | undefined;
}

/** Takes forms to the command bus: POST, then 303 to the overview, which is read at the booking's position. */
@Injectable()
export class Bookings {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly pages: Pages,
    private readonly sessions: Sessions,
  ) {}

  /**
   * Books what a form asks for, once, however often it is sent.
   * @param command makes the command; may throw a refusal for what was typed
   * @param showAgain shows the form again with what was wrong
   */
  async submit(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    command: (context: CommandContext, view: View) => Command<Booking>,
    showAgain: (error: unknown) => Promise<void>,
  ): Promise<void> {
    const view = this.pages.view(request);
    const context = contextOf(request);
    try {
      const { position, replayed } = await this.commands.execute(command(context, view));
      const told = {
        at: String(position),
        done: context.idempotencyKey,
        ...(replayed && { again: '1' }),
      };
      await reply.redirect(view.backTo('', told), 303);
    } catch (error) {
      await showAgain(error).catch((failure: unknown) => {
        // What matters most stays the outcome of the booking, also when there is no form to say it on.
        throw error instanceof OutcomeUnknown ? error : failure;
      });
    }
  }

  /**
   * What a form page shows, now or again.
   * @param about what the form does, and to what
   * @param error what sending the form led to
   * @throws the error when it is no matter of the form; MainAccountNotFound
   */
  async form(request: AuthenticatedRequest, about: readonly string[], error?: unknown): Promise<FormState> {
    const view = this.pages.view(request);
    const { answer } = await this.queries.execute(
      new GetMainAccountQuery({ mainAccountId: view.mainAccountId ?? '', limit: 1 }),
    );
    const { currency, available, revision } = answer;
    const problem = error === undefined ? undefined : formProblemOf(error, view, currency);
    const sent = field(request.body, 'key');
    const sessionId = this.sessions.idOf(request.headers.cookie);
    // A spent key leads to the next one: a read model that is behind would lead to the spent one again.
    const madeFrom = problem?.keySpent ? sent : revision;
    const idempotencyKey =
      isFormKey(sent) && !problem?.keySpent
        ? sent
        : formKey(sessionId, view.mainAccountId ?? '', madeFrom, ...about);
    return { view, currency, available, idempotencyKey, problem };
  }
}

/** @throws ForeignForm when the form carries no key of ours */
function contextOf(request: AuthenticatedRequest): CommandContext {
  const idempotencyKey = field(request.body, 'key');
  if (!isFormKey(idempotencyKey)) throw new ForeignForm();
  const { id } = request;
  return { idempotencyKey, actor: request.principal.id, correlationId: id, causationId: id };
}
