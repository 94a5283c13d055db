; Inno Setup script; installers/build.py calls it with /DVersion=... after PyInstaller has filled dist\melomorph.
[Setup]
AppName=Melomorph
AppVersion={#Version}
AppPublisher=The Melomorph authors
DefaultDirName={autopf}\Melomorph
DefaultGroupName=Melomorph
PrivilegesRequired=lowest
OutputBaseFilename=Melomorph-{#Version}-setup
SourceDir=..\..
Compression=lzma2
SolidCompression=yes
ArchitecturesInstallIn64BitMode=x64compatible

[Files]
Source: "dist\melomorph\*"; DestDir: "{app}"; Flags: recursesubdirs

[Icons]
Name: "{group}\Melomorph"; Filename: "{app}\melomorph.exe"
