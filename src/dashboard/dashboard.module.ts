import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AuthModule } from '../auth/auth.module.js';
import { AccountController } from './account.controller.js';
import { Assets } from './assets.js';
import { AssetsController } from './assets.controller.js';
import { Bookings } from './bookings.js';
import { CreditController } from './credit.controller.js';
import { HistoryController } from './history.controller.js';
import { LiveController } from './live.controller.js';
import { NameController } from './name.controller.js';
import { OverviewController } from './overview.controller.js';
import { Pages } from './pages.js';
import { ProblemPages } from './problem-pages.js';
import { SignInController } from './sign-in.controller.js';

/** The pages for people: customers, billing staff, auditors, operators. */
@Module({
  imports: [AuthModule, CqrsModule],
  controllers: [
    SignInController,
    OverviewController,
    CreditController,
    AccountController,
    NameController,
    HistoryController,
    LiveController,
    AssetsController,
  ],
  providers: [{ provide: Assets, useFactory: () => new Assets() }, Pages, Bookings, ProblemPages],
})
export class DashboardModule {}
