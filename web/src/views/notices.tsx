import { notices, useNotices } from '../app';
import type { Notice } from '../ui/notices';

export function NoticeList() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {useNotices().map((notice) => (
        <div key={notice.id} class={`notice ${notice.stage}`} data-stage={notice.stage}>
          <div class="words">
            <b>{notice.text}</b>
            <Stages notice={notice} />
          </div>
          {notice.undo && <button type="button" onClick={notice.undo}>Undo</button>}
          <button type="button" class="quiet" aria-label={`Dismiss: ${notice.text}`} onClick={() => notices.dismiss(notice.id)}>✕</button>
        </div>
      ))}
    </div>
  );
}

/** The way of a write: committed by a majority, then on one host after the other, then on all. */
function Stages({ notice }: { notice: Notice }) {
  if (notice.stage === 'sending') return <span>sending…</span>;
  if (notice.stage === 'failed') return <span class="problem">not done: {notice.problem}</span>;
  const done = notice.stage === 'everywhere';
  return (
    <span class="stages">
      <span class="done">committed <span class="num">{notice.revision}</span></span>
      <span class={done ? 'done' : 'now'}>{notice.all > 0 ? `${notice.have}/${notice.all}` : '…'}</span>
      <span class={done ? 'done' : ''}>
        {done ? `in every ${notice.where}` : notice.behind.length > 0 ? `${notice.stage === 'slow' ? 'not yet at' : 'waiting for'} ${notice.behind.slice(0, 4).join(', ')}` : `in every ${notice.where}?`}
      </span>
    </span>
  );
}
