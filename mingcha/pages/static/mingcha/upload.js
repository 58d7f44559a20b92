"use strict";
// Upload with progress. Without this script the form is sent as any other.
(function () {
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const files = form.querySelector("input[type=file]");
  const zone = form.querySelector("[data-drop]");
  const shown = form.querySelector("[data-progress]");
  const bar = shown.querySelector("progress");
  const said = shown.querySelector("[data-said]");
  const most = Number(form.dataset.most);
  const megabytes = (bytes) => (bytes / 1048576).toFixed(1) + " MB";

  function name() {
    const list = Array.from(files.files);
    const total = list.reduce((sum, file) => sum + file.size, 0);
    const large = list.find((file) => file.size > most);
    files.setCustomValidity(large ? large.name + " 超过 " + megabytes(most) + ",请拆成几份" : "");
    if (list.length) form.querySelector("[data-chosen]").textContent = list.map((file) => file.name).join("、") + "(" + megabytes(total) + ")";
  }
  files.addEventListener("change", name);
  for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("over"); });
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => { event.preventDefault(); files.files = event.dataTransfer.files; name(); });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    const button = form.querySelector("button.primary");
    const failed = (text) => { said.textContent = text; button.disabled = false; };
    request.open("POST", form.action || location.href);
    request.setRequestHeader("X-Requested-With", "upload");
    request.upload.addEventListener("progress", (progress) => {
      bar.value = (100 * progress.loaded) / progress.total;
      said.textContent = progress.loaded < progress.total ? "已传 " + megabytes(progress.loaded) + " / " + megabytes(progress.total) : "已传完,正在核对与保存……";
    });
    request.addEventListener("load", () => {
      if (request.status !== 200) return failed("没有收下(" + request.status + "),请刷新页面后再试");
      location.assign(JSON.parse(request.responseText).url);
    });
    request.addEventListener("error", () => failed("连接中断,没有收下。请再点“上传”:同一次上传不会重复"));
    request.addEventListener("abort", () => failed("已取消,没有收下"));
    shown.querySelector("[data-stop]").onclick = () => request.abort();
    shown.hidden = false;
    button.disabled = true;
    request.send(new FormData(form));
  });
})();
