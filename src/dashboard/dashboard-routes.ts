import { applyDecorators, Controller, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Page } from '../auth/decorators.js';
import { OwnFormsGuard } from './own-forms.guard.js';
import { PageFilter } from './page.filter.js';

/** A controller of pages: for browsers with a session, and not part of the API. */
export const DashboardRoutes = (path = ''): ClassDecorator =>
  applyDecorators(
    Controller(path),
    ApiExcludeController(),
    Page(),
    UseGuards(OwnFormsGuard),
    UseFilters(PageFilter),
  );
