"use strict";
(() => {
  const said = document.getElementById("said");
  const failures = [...document.querySelectorAll("article.failure")];
  let shown = -1;

  const say = (text) => {
    said.textContent = text;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { said.textContent = ""; }, 2000);
  };

  const copyWithoutClipboard = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  };

  const copy = async (button) => {
    const text = button.dataset.copy;
    let copied = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      copied = copyWithoutClipboard(text);
    }
    button.focus();
    button.classList.toggle("done", copied);
    say(copied ? "Copied." : "The browser did not let this page copy; select the text instead.");
  };

  const foldAll = (open) => {
    for (const each of document.querySelectorAll("details")) each.open = open;
  };

  const unfoldTo = (element) => {
    for (let each = element; each; each = each.parentElement) {
      if (each.tagName === "DETAILS") each.open = true;
    }
  };

  const go = (by) => {
    if (!failures.length) return;
    shown = Math.min(failures.length - 1, Math.max(0, shown + by));
    unfoldTo(failures[shown]);
    failures[shown].scrollIntoView({ block: "start" });
    failures[shown].focus({ preventScroll: true });
  };

  const unfoldTarget = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target) return;
    unfoldTo(target);
    shown = Math.max(shown, failures.indexOf(target));
    target.scrollIntoView();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.copy !== undefined) copy(button);
    if (button.dataset.fold) foldAll(button.dataset.fold === "open");
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") go(1);
    if (event.key === "k") go(-1);
  });
  window.addEventListener("hashchange", unfoldTarget);

  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const each of folded) each.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const each of folded) each.open = false;
  });

  unfoldTarget();
})();
