// A note as the rapporteur writes it: the text, its themes as tags, whether it is a quote; and two versions side by side.

/** @import { Model } from './app.js' */
/** @import { Entry } from './record-logic.js' */
/** @import { Content } from './record-merge.js' */
/** @import { Acts, Ui } from './record-view.js' */
/** @import { View } from './lit.js' */
import { problemText, t } from './i18n.js';
import { html, live, nothing, repeat } from './lit.js';
import { MOST_TAGS } from './record-merge.js';
import { typing } from './record-logic.js';
import { pickField } from './record-pick.js';
import { MOST_LETTERS, separated, suggested, withTyped } from './record-tags.js';

/** @param {Model} model @param {Entry} e @param {Ui} ui @param {Acts} act @param {string[]} known every tag of the debate @returns {View} */
export function note(model, e, ui, act, known) {
  const status = ui.notes.status(e.id, e.note);
  const draft = ui.notes.drafts.get(e.id);
  const content = ui.notes.content(e.id, e.note);
  const name = model.roster.name(e.participant);
  const said = status === 'none' ? nothing : status === 'refused' && draft?.problem ? problemText(draft.problem) : t(`record.note_${status}`);
  return html`<div class="note" data-quote=${content.quote ? 'yes' : nothing}>
    <textarea
      class="textarea"
      id=${`note-${e.id}`}
      rows="2"
      maxlength="10000"
      dir="auto"
      aria-label=${t('record.note_on', { name })}
      aria-describedby=${`status-${e.id}`}
      .value=${live(content.text)}
      @focus=${() => act.focus(e.id)}
      @blur=${() => act.blur(e.id)}
      @input=${(/** @type {Event} */ ev) => act.edit(e.id, { text: /** @type {HTMLTextAreaElement} */ (ev.target).value })}
    ></textarea>
    ${tags(e.id, name, content, ui, act, known)}
    <p class="small note-status" id=${`status-${e.id}`} data-status=${status}>${said}</p>
    ${draft?.conflict ? conflict(e.id, draft.content, draft.conflict, act) : nothing}
  </div>`;
}

/** @param {string} id @param {string} name @param {Content} content @param {Ui} ui @param {Acts} act @param {string[]} known @returns {View} */
function tags(id, name, content, ui, act, known) {
  const at = ui.tagging?.id === id ? ui.tagging.typing : typing();
  const options = suggested(known, content.tags, at.query);
  const set = (/** @type {string[]} */ list) => act.edit(id, { tags: list.slice(0, MOST_TAGS) });
  const put = (/** @type {string} */ typed) => {
    const list = withTyped(content.tags, typed, known);
    if (list.length > content.tags.length) set(list);
    act.tagging(id, { query: '', active: -1 });
  };
  return html`<div class="tags" role="group" aria-label=${t('record.tags_on', { name })}>
    ${content.tags.length
      ? html`<ul class="tag-list">
          ${repeat(
            content.tags,
            (tag) => tag,
            (tag) => html`<li class="tag">
              <bdi>${tag}</bdi>
              <button
                class="tag-off"
                type="button"
                aria-label=${t('record.tag_off', { tag })}
                title=${t('record.tag_off', { tag })}
                @click=${() => {
                  set(content.tags.filter((other) => other !== tag));
                  document.getElementById(`tag-${id}`)?.focus();
                }}
              >
                <span aria-hidden="true">×</span>
              </button>
            </li>`,
          )}
        </ul>`
      : nothing}
    ${content.tags.length < MOST_TAGS
      ? pickField({
          id: `tag-${id}`,
          label: t('record.tag_add'),
          typing: at,
          options: options.map((tag) => html`<bdi>${tag}</bdi>`),
          max: MOST_LETTERS,
          set: (change) => (change.query !== undefined && separated(change.query) ? put(change.query) : act.tagging(id, change)),
          pick: (n) => put(options[n]),
          enter: () => put(at.query),
          leave: () => put(ui.tagging?.id === id ? ui.tagging.typing.query : ''),
        })
      : nothing}
    <button class="button quote" type="button" aria-pressed=${content.quote} title=${t('record.quote_hint')} @click=${() => act.edit(id, { quote: !content.quote })}>
      <span class="quote-mark" aria-hidden="true"></span>${t('record.quote')}
    </button>
  </div>`;
}

/** Both versions side by side: nothing is lost until somebody has seen both. @param {string} id @param {Content} mine @param {Content} theirs @param {Acts} act @returns {View} */
function conflict(id, mine, theirs, act) {
  return html`<section class="conflict" aria-label=${t('record.conflict')}>
    ${side(t('record.mine'), mine, t('record.keep_mine'), () => act.settle(id, 'mine'))}
    ${side(t('record.theirs'), theirs, t('record.take_theirs'), () => act.settle(id, 'theirs'))}
    <button class="button" type="button" @click=${() => act.settle(id, 'both')}>${t('record.keep_both')}</button>
  </section>`;
}

/** @param {string} title @param {Content} content @param {string} label @param {() => void} choose @returns {View} */
const side = (title, content, label, choose) => html`<div class="side">
  <h4>${title}</h4>
  ${contentView(content)}
  <button class="button" type="button" @click=${choose}>${label}</button>
</div>`;

/** A note that is only to be read. @param {Content} content @returns {View} */
export const contentView = ({ text, tags, quote }) => html`<div class="stack tight">
  <p class="text" dir="auto" data-quote=${quote ? 'yes' : nothing}>${text}</p>
  ${tags.length || quote
    ? html`<p class="row chips">
        ${quote ? html`<span class="chip brand"><span class="quote-mark" aria-hidden="true"></span>${t('record.quote')}</span>` : nothing}
        ${tags.map((tag) => html`<span class="chip"><bdi>${tag}</bdi></span>`)}
      </p>`
    : nothing}
</div>`;
