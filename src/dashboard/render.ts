import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';

/** The text of a page. Whatever a page is given is escaped as it is written. */
export const renderPage = (page: VNode): string => `<!doctype html>${render(page)}`;
