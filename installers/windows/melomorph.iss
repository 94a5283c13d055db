; Inno Setup script; installers/build.py calls it with /DVersion=... after PyInstaller has filled dist\melomorph.
; It installs for one user without asking for an administrator, or for all users if it is started as one.
#ifndef Version
  #error Start this through installers\build.py, which says the version
#endif

[Setup]
; The same for ever: by it an upgrade finds what it replaces.
AppId={{6B0C5E0E-3C57-4F0C-9A55-7C1B5C1F2A94}
AppName=Melomorph
AppVersion={#Version}
AppVerName=Melomorph {#Version}
AppPublisher=The Melomorph authors
DefaultDirName={autopf}\Melomorph
DefaultGroupName=Melomorph
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
SourceDir=..\..
OutputBaseFilename=Melomorph-{#Version}-setup
LicenseFile=LICENSE
UninstallDisplayIcon={app}\melomorph.exe
UninstallDisplayName=Melomorph
Compression=lzma2
SolidCompression=yes
ChangesAssociations=yes
CloseApplications=yes

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked

[InstallDelete]
; Modules of the version before must not stay beside the new ones. The user's own files are elsewhere
; (%LOCALAPPDATA%\melomorph) and are never touched, neither by an upgrade nor when it is removed.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "dist\melomorph\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[Icons]
Name: "{group}\Melomorph"; Filename: "{app}\melomorph.exe"
Name: "{autodesktop}\Melomorph"; Filename: "{app}\melomorph.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\.melomorph"; ValueType: string; ValueData: "Melomorph.Project"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.melomorph"; ValueType: string; ValueName: "Content Type"; ValueData: "application/x-melomorph"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\Melomorph.Project"; ValueType: string; ValueData: "Melomorph project"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Melomorph.Project\DefaultIcon"; ValueType: string; ValueData: "{app}\melomorph.exe,0"
Root: HKA; Subkey: "Software\Classes\Melomorph.Project\shell\open\command"; ValueType: string; ValueData: """{app}\melomorph.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\.mid\OpenWithProgids"; ValueType: string; ValueName: "Melomorph.Project"; ValueData: ""; Flags: uninsdeletevalue

[Run]
Filename: "{app}\melomorph.exe"; Description: "{cm:LaunchProgram,Melomorph}"; Flags: nowait postinstall skipifsilent
