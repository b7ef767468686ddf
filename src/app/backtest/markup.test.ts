import { expect, it } from 'vitest';
import { escapeMarkup, html } from './markup.ts';

it('what is put into it is text, and markup in markup stays markup', () => {
  const hostile = `</td><script>alert("1")</script>' onload='x' & so on`;
  const { markup } = html`<td title="${hostile}">${html`<b>${hostile}</b>`}${[html`<i/>`, html`<i/>`]}${3}</td>`;
  expect(markup).toBe(
    '<td title="&lt;/td&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; onload=&#39;x&#39; &amp; so on">' +
      '<b>&lt;/td&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; onload=&#39;x&#39; &amp; so on</b><i/><i/>3</td>',
  );
});

it('what no XML may hold is not in it', () => {
  expect(escapeMarkup('a\u0000b\u001bc\ud800d\uffff\n')).toBe('a\ufffdb\ufffdc\ufffdd\ufffd\n');
});
