"""The scripts of Windows and macOS and the workflow, as far as they can be looked at without those systems."""

from __future__ import annotations

import plistlib
import re
import sys
from pathlib import Path

import build
import contents
import pytest
from macos import image

INNO = (contents.HERE / "windows" / "melomorph.iss").read_text(encoding="utf-8")
WORKFLOW = (contents.ROOT / ".ci" / "workflows" / "build.yml").read_text(encoding="utf-8")


def section(name: str) -> list[str]:
    """The lines of a section of the Inno Setup script, comments left out."""
    found = re.search(rf"^\[{name}\]\n(.*?)(?=^\[|\Z)", INNO, re.MULTILINE | re.DOTALL)
    assert found is not None, name
    return [line for line in found[1].splitlines() if line and not line.startswith(";")]


def test_inno_setup_has_what_it_needs() -> None:
    setup = dict(line.split("=", 1) for line in section("Setup"))
    assert setup["AppVersion"] == "{#Version}"
    assert re.fullmatch(r"\{\{[0-9A-F-]{36}\}", setup["AppId"])
    assert setup["ChangesAssociations"] == "yes"
    assert setup["PrivilegesRequired"] == "lowest"
    assert "arm64" not in setup["ArchitecturesAllowed"]
    source = contents.ROOT  # SourceDir, seen from the script
    assert (contents.HERE / "windows" / setup["SourceDir"].replace("\\", "/")).resolve() == source
    assert (source / setup["LicenseFile"]).is_file()
    assert setup["OutputBaseFilename"] == f"{contents.NAME}-{{#Version}}-setup"
    assert [line.startswith('Source: "dist\\melomorph\\*"') for line in section("Files")] == [True]
    every = [line for name in ("Tasks", "InstallDelete", "Files", "Icons", "Registry", "Run") for line in section(name)]
    assert [line for line in every if not re.match(r'(\w+: ("([^"]|"")*"|[^;"]+)(; |$))+$', line)] == []


def test_windows_knows_the_kind_of_file() -> None:
    rows = [dict(re.findall(r'(\w+): "?((?:[^";]|"")*)"?', line)) for line in section("Registry")]
    assert {row["Root"] for row in rows} == {"HKA"}  # for one user or for all, as it was installed
    keys = {row["Subkey"]: row for row in rows}
    kind = next(row for row in rows if row["Subkey"] == f"Software\\Classes\\{contents.SUFFIX}")["ValueData"]
    assert f'{contents.PROGRAM}.exe"" ""%1' in keys[f"Software\\Classes\\{kind}\\shell\\open\\command"]["ValueData"]
    assert any(row.get("ValueData") == contents.MIME_TYPE for row in rows)


def test_windows_leaves_the_users_files_alone() -> None:
    """An upgrade clears the program's own modules; there is nothing that deletes on uninstalling."""
    assert section("InstallDelete") == ['Type: filesandordirs; Name: "{app}\\_internal"']
    assert "[UninstallDelete]" not in INNO
    assert "{localappdata}" not in INNO.lower()


def test_macos_can_be_signed(tmp_path: Path) -> None:
    rights = plistlib.loads((contents.HERE / "macos" / "entitlements.plist").read_bytes())
    assert rights["com.apple.security.cs.disable-library-validation"] is True
    (tmp_path / "Contents" / "MacOS").mkdir(parents=True)
    (tmp_path / "Contents" / "MacOS" / "Melomorph").write_bytes(image.MACH_O[0] + bytes(8))
    (tmp_path / "Contents" / "lib.dylib").write_bytes(image.MACH_O[1] + bytes(8))
    (tmp_path / "Contents" / "data.txt").write_bytes(b"text")
    assert {path.name for path in image.programs(tmp_path)} == {"Melomorph", "lib.dylib"}


def test_signed_from_the_inside_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order is what Apple asks for; the tool itself is only there on a Mac."""
    app = tmp_path / "Melomorph.app"
    for name in ("Contents/MacOS/Melomorph", "Contents/Frameworks/Qt/a.dylib"):
        (app / name).parent.mkdir(parents=True)
        (app / name).write_bytes(image.MACH_O[0])
    said: list[list[str]] = []
    monkeypatch.setattr(image, "_run", lambda *command: said.append([str(part) for part in command]))
    image.disk_image(app, tmp_path, "1.0", "Developer ID", "profile")
    signed = [Path(command[-1]).name for command in said if command[0] == "codesign"]
    assert signed == ["a.dylib", "Melomorph", "Melomorph.app", "Melomorph.app", "Melomorph-1.0.dmg"]
    assert "--entitlements" in said[1]
    assert [command[1] for command in said if command[0] == "xcrun"] == ["notarytool", "stapler"]


def test_notarizing_needs_signing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["build.py", "--notarize", "profile"])
    with pytest.raises(SystemExit):
        build.read_options()
    assert "--sign" in capsys.readouterr().err


def test_the_icon_is_a_picture(tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    build.draw_icon(tmp_path / "icon.png", 64)
    image_made = QImage(str(tmp_path / "icon.png"))
    assert (image_made.width(), image_made.height()) == (64, 64)
    assert len({image_made.pixel(x, y) for x in range(0, 64, 4) for y in range(0, 64, 4)}) > 2


def test_the_workflow_names_what_exists() -> None:
    jobs = re.findall(r"^  (\w+):\n    runs-on: (\w+)", WORKFLOW, re.MULTILINE)
    assert jobs == [("linux", "ubuntu"), ("macos", "macos"), ("windows", "windows")]
    named = re.findall(r"(?:installers|tests)[/\\][\w./\\]+\w", WORKFLOW)
    assert len(named) >= 5
    assert [name for name in named if not (contents.ROOT / name.replace("\\", "/")).exists()] == []
    assert "\t" not in WORKFLOW
    assert "://" not in WORKFLOW
    assert [line for line in WORKFLOW.splitlines() if (len(line) - len(line.lstrip())) % 2] == []
    known = set(re.findall(r'"(--[\w-]+)"', Path(build.__file__).read_text(encoding="utf-8")))
    used = set(re.findall(r"build\.py (--[\w-]+) (--[\w-]+) (--[\w-]+)", WORKFLOW)[0]) | {"--appimage"}
    assert used <= known
