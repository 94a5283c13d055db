# The same as `make setup`, `make run` and `make test`, for PowerShell:
#
#   powershell -ExecutionPolicy Bypass -File installers\windows\setup.ps1        # once
#   .venv\Scripts\melomorph                                                      # the studio
#   powershell -ExecutionPolicy Bypass -File installers\windows\setup.ps1 -Test  # the whole check
param([switch]$Test, [string[]]$Tests = @())

$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..\..")

function Invoke-Step {
    param([string]$Program, [string[]]$Arguments)
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

if (Get-Command py -ErrorAction SilentlyContinue) {
    Invoke-Step "py" @("-3", "installers\setup_env.py")
} else {
    Invoke-Step "python" @("installers\setup_env.py")
}

if ($Test) {
    $env:OMP_NUM_THREADS = "1"
    $env:QT_QPA_PLATFORM = "offscreen"
    $python = ".venv\Scripts\python.exe"
    Invoke-Step $python @("-m", "ruff", "check", ".")
    Invoke-Step $python @("-m", "ruff", "format", "--check", ".")
    Invoke-Step $python @("-m", "mypy")
    Invoke-Step ".venv\Scripts\lint-imports.exe" @("--no-logo")
    Invoke-Step $python (@("-m", "pytest", "-q") + $Tests)
}
