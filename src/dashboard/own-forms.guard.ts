import { BadRequestException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isForm, isOwnForm } from './form.js';

/** A form that another site sent in a user's name. */
export class ForeignForm extends BadRequestException {}

/** Refuses forms of other sites. The session cookie is not sent with them either; this does not rely on it. */
export class OwnFormsGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (isForm(request) && !isOwnForm(request)) throw new ForeignForm();
    return true;
  }
}
