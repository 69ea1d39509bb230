// A line of words in a panel, which a screen reader reads when it changes; and names for its controls that have none.
// nbs/90_sound_view.ipynb; `node --test .ci/status.test.mjs`.

const ICONS = {play: 'Play', pause: 'Pause', stop: 'Stop', repeat: 'Repeat'};
const UNNAMED = ':not([aria-label])';

export function iconName(classes) {                    // 'fa fa-play' -> 'Play'
  const name = classes.split(/\s+/).find(part => part.startsWith('fa-'))?.slice(3);
  return ICONS[name] ?? name ?? '';
}

function labelled(part) {                              // what stands beside a control
  const control = part.closest('.jupyter-widgets');
  const label = control?.querySelector('.widget-label')?.textContent.trim();
  return label || part.title || control?.title || '';
}

function give(part, name) {
  if (name) part.setAttribute('aria-label', name);
}

export function nameControls(panel) {                  // sliders, lists, and buttons that are an icon
  for (const handle of panel.querySelectorAll(`[role=slider]${UNNAMED}`)) give(handle, labelled(handle));
  for (const list of panel.querySelectorAll(`.jupyter-widgets select${UNNAMED}`)) give(list, labelled(list));
  for (const icon of panel.querySelectorAll(`button${UNNAMED} > i.fa`)) {
    const button = icon.parentElement;
    if (!button.textContent.trim()) give(button, button.title || iconName(icon.className));
  }
}

function render({model, el}) {
  const words = document.createElement('span');
  words.setAttribute('role', 'status');
  el.append(words);
  const say = () => { words.textContent = model.get('text'); };
  model.on('change:text', say);
  say();
  let later = null;
  const look = () => {                                 // other controls come and change at any time
    later = null;
    nameControls(el.closest('.jp-OutputArea-output, .output_area, .cell-output') ?? document.body);
  };
  const watch = new MutationObserver(() => { later = later ?? setTimeout(look, 100); });
  watch.observe(document.body, {childList: true, subtree: true});
  later = setTimeout(look, 0);
  return () => {
    watch.disconnect();
    clearTimeout(later);
    model.off('change:text', say);
  };
}

export default {render};
