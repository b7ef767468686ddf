// The words of the back-test page, in both languages: one chunk with the page.
import type { Language } from '../format.ts';
import { backtestEn } from './backtest-en.ts';
import { backtestZh } from './backtest-zh.ts';

export type BacktestMessages = typeof backtestEn;

export function backtestMessages(language: Language): BacktestMessages {
  return language === 'zh' ? backtestZh : backtestEn;
}
