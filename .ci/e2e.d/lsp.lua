-- Run in headless neovim with docs/editors.md as its init file and a leaking file open: waits for the finding, edits it
-- away, waits for it to go.
local function fail(message)
  io.stderr:write('editors: neovim: ' .. message .. '\n')
  vim.cmd('cquit 1')
end

local function count()
  return #vim.diagnostic.get(0)
end
if not vim.wait(30000, function() return count() == 1 end, 50) then
  return fail(count() .. ' findings, not 1')
end
local finding = vim.diagnostic.get(0)[1]
if finding.source ~= 'leaklint' or finding.code ~= nil and finding.code ~= 'unremoved-listener' then
  return fail(vim.inspect(finding))
end
local line = vim.api.nvim_buf_get_lines(0, finding.lnum, finding.lnum + 1, false)[1]
if not line:sub(finding.col + 1):find('^process%.on') then
  return fail('it underlines `' .. line:sub(finding.col + 1) .. '`')
end
-- An edit that is not saved.
vim.api.nvim_buf_set_lines(0, finding.lnum, finding.lnum + 3, false, {})
if not vim.wait(30000, function() return count() == 0 end, 50) then
  return fail('the finding outlives its statement')
end
io.stdout:write('editors: neovim showed the finding and let it go\n')
vim.lsp.stop_client(vim.lsp.get_active_clients())
vim.cmd('qall!')
